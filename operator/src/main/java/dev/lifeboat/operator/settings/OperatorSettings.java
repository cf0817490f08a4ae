package dev.lifeboat.operator.settings;

import dev.lifeboat.operator.azure.AzureSettings;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The whole configuration of the operator, checked; holds no secret.
 *
 * @param namespace that is watched, the operator's own
 * @param podName identity in the leader's lease
 * @param agentEndpoint host:port that agents in machines reach the management endpoint under
 * @param image of process servers and keepers
 * @param packageFile the agent's package; empty: machines get it otherwise
 * @param scratch a folder in memory, for secrets that libraries want as files
 */
public record OperatorSettings(
    String namespace,
    String podName,
    String agentEndpoint,
    int managementPort,
    int metricsPort,
    Image image,
    AzureSettings azure,
    Optional<Path> packageFile,
    Path scratch,
    boolean leaderElection) {

  /**
   * Where the replicator's image is.
   *
   * @param pullSecrets names of Secrets for its registry, in the namespace
   */
  public record Image(String name, String pullPolicy, List<String> pullSecrets) {
    public Image {
      pullSecrets = List.copyOf(pullSecrets);
    }
  }

  private static final String PREFIX = "LIFEBOAT_";

  /** Reads the environment; throws one exception that lists all that is wrong. */
  public static OperatorSettings read(Map<String, String> environment) {
    Reader reader = new Reader(environment);
    AzureSettings standard = AzureSettings.publicCloud();
    OperatorSettings settings =
        new OperatorSettings(
            reader.required("NAMESPACE"),
            reader.required("POD_NAME"),
            reader.endpoint("AGENT_ENDPOINT"),
            reader.port("MANAGEMENT_PORT", 8443),
            reader.port("METRICS_PORT", 9464),
            new Image(
                reader.required("REPLICATOR_IMAGE"),
                reader.text("IMAGE_PULL_POLICY", "IfNotPresent"),
                reader.names("IMAGE_PULL_SECRETS")),
            new AzureSettings(
                reader.uri("AZURE_ENDPOINT", standard.resourceManager()),
                reader.uri("AZURE_AUTHORITY", standard.authority()),
                reader.path("AZURE_CA_FILE")),
            reader.path("AGENT_PACKAGE"),
            reader.path("SCRATCH").orElse(Path.of(System.getProperty("java.io.tmpdir"))),
            !"false".equals(reader.text("LEADER_ELECTION", "true")));
    reader.end();
    return settings;
  }

  /** The host of the agents' endpoint, which its certificate names. */
  public String agentHost() {
    return agentEndpoint.substring(0, agentEndpoint.lastIndexOf(':'));
  }

  private static final class Reader {
    private final Map<String, String> left = new HashMap<>();
    private final List<String> problems = new ArrayList<>();

    private Reader(Map<String, String> environment) {
      environment.forEach((key, value) -> {
        if (key.startsWith(PREFIX)) {
          left.put(key.substring(PREFIX.length()), value);
        }
      });
    }

    private String text(String key, String standard) {
      String value = left.remove(key);
      return value == null || value.isBlank() ? standard : value.strip();
    }

    /** Separated by commas. */
    private List<String> names(String key) {
      return Stream.of(text(key, "").split(","))
          .map(String::strip)
          .filter(name -> !name.isEmpty())
          .toList();
    }

    private String required(String key) {
      String value = text(key, "");
      if (value.isEmpty()) {
        problems.add(PREFIX + key + " must be set");
      }
      return value;
    }

    private String endpoint(String key) {
      String value = required(key);
      if (!value.isEmpty() && !value.matches("[A-Za-z0-9.-]{1,253}:[0-9]{1,5}")) {
        problems.add(PREFIX + key + " must be host:port, as machines reach it");
        return "";
      }
      return value;
    }

    private int port(String key, int standard) {
      String value = text(key, Integer.toString(standard));
      if (!value.matches("[0-9]{1,5}") || Integer.parseInt(value) > 65535) {
        problems.add(PREFIX + key + " must be a port");
        return standard;
      }
      return Integer.parseInt(value);
    }

    private URI uri(String key, URI standard) {
      String value = text(key, standard.toString());
      if (!value.matches("https://[A-Za-z0-9.-]+(:[0-9]+)?/?")) {
        problems.add(PREFIX + key + " must be an https:// address");
        return standard;
      }
      return URI.create(value);
    }

    private Optional<Path> path(String key) {
      String value = text(key, "");
      return value.isEmpty() ? Optional.empty() : Optional.of(Path.of(value));
    }

    private void end() {
      left.keySet().forEach(key -> problems.add(PREFIX + key + " is not known"));
      if (!problems.isEmpty()) {
        throw new IllegalArgumentException(
            "the configuration is wrong:\n  " + String.join("\n  ", problems));
      }
    }
  }
}
