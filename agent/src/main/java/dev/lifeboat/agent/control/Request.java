package dev.lifeboat.agent.control;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What a command asks the running agent for: one line of JSON.
 *
 * @param command {@code status} or {@code mark}
 * @param label of a mark
 * @param patient whether a mark waits until the machine is consistent
 * @param untilUploaded whether the answer waits until the mark is in the vault
 */
public record Request(
    @JsonProperty("command") String command,
    @JsonProperty("label") String label,
    @JsonProperty("patient") boolean patient,
    @JsonProperty("untilUploaded") boolean untilUploaded) {

  /** Asks for the status. */
  public static Request status() {
    return new Request("status", "", false, false);
  }
}
