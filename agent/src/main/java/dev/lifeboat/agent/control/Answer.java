package dev.lifeboat.agent.control;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;

/**
 * What the running agent answers: one line of JSON.
 *
 * @param error why not; empty if it was done
 * @param refused whether it was not done for the machine is as it is: trying again is of no use
 *     until that changes
 * @param result what was asked for
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Answer(
    @JsonProperty("error") String error,
    @JsonProperty("refused") boolean refused,
    @JsonProperty("result") JsonNode result) {

  /** It was done. */
  public static Answer of(JsonNode result) {
    return new Answer("", false, result);
  }

  /** It was not done. */
  public static Answer failed(String why) {
    return new Answer(why, false, MissingNode.getInstance());
  }

  /** It must not be done. */
  public static Answer refused(String why) {
    return new Answer(why, true, MissingNode.getInstance());
  }
}
