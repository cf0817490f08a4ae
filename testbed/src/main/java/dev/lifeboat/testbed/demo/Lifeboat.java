package dev.lifeboat.testbed.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lifeboat.testbed.cluster.Kubectl;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;

/** Lifeboat's objects, as a person with kubectl handles them. */
public final class Lifeboat {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Kubectl kubectl;
  private final Timeline timeline;

  /** What waiting is for is told on the timeline. */
  public Lifeboat(Kubectl kubectl, Timeline timeline) {
    this.kubectl = kubectl;
    this.timeline = timeline;
  }

  /** {@code kubectl apply} of a manifest. */
  public void apply(String manifest) throws IOException {
    kubectl.apply(manifest);
  }

  /** An object as it is now. */
  public JsonNode get(String kind, String name) throws IOException {
    return JSON.readTree(kubectl.run("get", kind, name, "--output=json"));
  }

  /** The line to paste into a machine, out of the Secret that the operator makes for it. */
  public String enrolmentCommand(String machine) throws IOException {
    String name = machine + "-agent";
    Waiting.until(
        name,
        Duration.ofMinutes(1),
        timeline,
        () ->
            kubectl.run("get", "secret", name, "--ignore-not-found").isBlank()
                ? Optional.of("no Secret " + name + " yet")
                : Optional.empty());
    JsonNode secret = get("secret", name);
    return new String(
        Base64.getDecoder().decode(secret.at("/data/command").asText()), StandardCharsets.UTF_8);
  }

  /** A condition's status, reason and message in one line. */
  static String condition(JsonNode object, String type) {
    for (JsonNode condition : object.at("/status/conditions")) {
      if (condition.path("type").asText().equals(type)) {
        return "%s %s: %s"
            .formatted(
                condition.path("status").asText(),
                condition.path("reason").asText(),
                condition.path("message").asText());
      }
    }
    return "Unknown";
  }

  /** Waits for a condition to be true, and tells why it is not. */
  public void await(String kind, String name, String type, Duration longest) throws IOException {
    Waiting.until(
        name + " " + type,
        longest,
        timeline,
        () -> {
          String found = condition(get(kind, name), type);
          return found.startsWith("True ") ? Optional.empty() : Optional.of(type + " " + found);
        });
  }

  /** Waits until the machine's agent is said not to report any more. */
  void awaitSilence(String machine, Duration longest) throws IOException {
    Waiting.until(
        machine + " silent",
        longest,
        timeline,
        () -> {
          String found = condition(get("pvm", machine), "AgentHealthy");
          return found.startsWith("False ")
              ? Optional.empty()
              : Optional.of("AgentHealthy " + found);
        });
  }

  /** Waits until a machine is protected, and tells how far it is. */
  public void awaitProtected(String machine, Duration longest) throws IOException {
    Waiting.until(
        machine + " protected",
        longest,
        timeline,
        () -> {
          JsonNode status = get("pvm", machine).path("status");
          String state = status.path("protectionState").asText("-");
          if (state.equals("Protected")) {
            return Optional.empty();
          }
          JsonNode convergence = status.path("convergence");
          return Optional.of(
              convergence.isMissingNode()
                  ? state
                  : "%s %d %% (%s)"
                      .formatted(
                          state,
                          convergence.path("percent").asInt(),
                          convergence.path("reason").asText()));
        });
  }

  /**
   * Creates a run and follows it to its end.
   *
   * @param spec its lines
   * @return the run; it has succeeded
   */
  JsonNode run(String name, String spec, Duration longest) throws IOException {
    apply(object("RecoveryRun", name, spec));
    Waiting.until(
        "run " + name,
        longest,
        timeline,
        () -> {
          JsonNode status = get("rrun", name).path("status");
          JsonNode member = status.path("members").path(0);
          String phase = status.path("phase").asText("Pending");
          String step = member.path("step").asText(status.path("step").asText());
          String message = member.path("message").asText();
          if (phase.equals("Failed") || phase.equals("Cancelled")) {
            throw new IOException("run %s: %s at %s: %s".formatted(name, phase, step, message));
          }
          return phase.equals("Succeeded")
              ? Optional.empty()
              : Optional.of("%s %s %s".formatted(phase, step, message).strip());
        });
    return get("rrun", name);
  }

  static String object(String kind, String name, String spec) {
    return "apiVersion: dr.lifeboat.dev/v1alpha1\nkind: %s\nmetadata: {name: %s}\nspec:\n%s"
        .formatted(kind, name, spec.indent(2));
  }
}
