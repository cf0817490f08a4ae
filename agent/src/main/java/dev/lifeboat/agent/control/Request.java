package dev.lifeboat.agent.control;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;

/**
 * What a command asks the running agent for: one line of JSON.
 *
 * @param command {@code status} or {@code mark}
 * @param label of a mark, {@value #LONGEST_LABEL} characters at most
 * @param patient whether a mark waits until the machine is consistent
 * @param untilUploaded whether the answer waits until the mark is in the vault
 * @param patienceMillis how long the answer may take
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Request(
    @JsonProperty("command") String command,
    @JsonProperty("label") String label,
    @JsonProperty("patient") boolean patient,
    @JsonProperty("untilUploaded") boolean untilUploaded,
    @JsonProperty("patienceMillis") long patienceMillis) {
  /** Characters that a label may have. */
  public static final int LONGEST_LABEL = 256;

  private static final Duration STATUS_PATIENCE = Duration.ofSeconds(10);

  /** What is missing is empty. */
  public Request {
    command = command == null ? "" : command;
    label = label == null ? "" : label;
  }

  /** Asks for the status. */
  public static Request status() {
    return new Request("status", "", false, false, STATUS_PATIENCE.toMillis());
  }

  /** Asks for a mark. */
  public static Request mark(
      String label, boolean patient, boolean untilUploaded, Duration patience) {
    return new Request("mark", label, patient, untilUploaded, patience.toMillis());
  }

  /** Whether a mark may be called so: in lists of points and in terminals it stands in one line. */
  public static boolean isLabel(String text) {
    return text.length() <= LONGEST_LABEL && text.chars().noneMatch(Character::isISOControl);
  }
}
