package dev.lifeboat.vault.blob;

import dev.lifeboat.wire.settings.Section;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * The {@code azure} section that every program with a vault has in its configuration: where the
 * account is, and with what its containers are asked. Holds no secret: only the files they are in.
 */
public record AzureSettings(
    BlobEndpoint endpoint,
    String logContainer,
    BlobCredential logCredential,
    String headContainer,
    BlobCredential headCredential) {

  private static final URI NOWHERE = URI.create("https://nowhere.invalid");
  private static final Set<String> KINDS = Set.of("sas", "token", "sharedKey", "environment");

  /** Reads the section; problems are noted in it. */
  public static AzureSettings read(Section azure) {
    BlobEndpoint endpoint =
        new BlobEndpoint(
            address(azure),
            azure.optionalPath("caFile"),
            version(azure),
            Duration.ofSeconds(azure.integer("timeoutSeconds", 60, 1, 3600)));
    AzureSettings settings =
        new AzureSettings(
            endpoint,
            container(azure, "logContainer", "lifeboat-log"),
            credential(azure, "logCredential"),
            container(azure, "headContainer", "lifeboat-head"),
            credential(azure, "headCredential"));
    azure.end();
    return settings;
  }

  private static URI address(Section azure) {
    String text = azure.required("endpoint");
    try {
      URI uri = URI.create(text);
      boolean web = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
      if (web && uri.getHost() != null && uri.getQuery() == null) {
        return uri;
      }
    } catch (IllegalArgumentException notAnAddress) {
      // Said below, as for every other text that is none.
    }
    if (!text.isEmpty()) {
      azure.problem(
          "endpoint",
          "must be the account's address, such as https://ACCOUNT.blob.core.windows.net");
    }
    return NOWHERE;
  }

  private static String version(Section azure) {
    String text = azure.text("serviceVersion", BlobEndpoint.TESTED_VERSION);
    if (!text.matches("20[0-9]{2}-[0-9]{2}-[0-9]{2}")) {
      azure.problem(
          "serviceVersion",
          "must be a version of the service, such as " + BlobEndpoint.TESTED_VERSION);
    }
    return text;
  }

  private static String container(Section azure, String key, String standard) {
    String text = azure.text(key, standard);
    if (!text.matches("[a-z0-9](-?[a-z0-9]){2,62}")) {
      azure.problem(
          key, "must be a container's name: 3 to 63 small letters, digits and single dashes");
    }
    return text;
  }

  /** Of its own key, else of {@code credential}. */
  private static BlobCredential credential(Section azure, String key) {
    Section common = azure.section("credential");
    Section section = azure.has(key) ? azure.section(key) : common;
    String kind = section.text("kind", "environment");
    if (!KINDS.contains(kind)) {
      section.problem("kind", "must be sas, token, sharedKey or environment");
    }
    Optional<Path> file =
        kind.equals("environment") ? Optional.empty() : Optional.of(section.path("file"));
    String account = kind.equals("sharedKey") ? section.required("account") : "";
    section.end();
    return switch (kind) {
      case "sas" -> new BlobCredential.SasFile(file.orElseThrow());
      case "token" -> new BlobCredential.TokenFile(file.orElseThrow());
      case "sharedKey" -> new BlobCredential.SharedKeyFile(account, file.orElseThrow());
      default -> new BlobCredential.Environment();
    };
  }
}
