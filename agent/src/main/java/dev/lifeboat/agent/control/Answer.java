package dev.lifeboat.agent.control;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;

/**
 * What the running agent answers: one line of JSON.
 *
 * @param error why not; empty if it was done
 * @param result what was asked for
 */
public record Answer(@JsonProperty("error") String error, @JsonProperty("result") JsonNode result) {

  /** It was done. */
  public static Answer of(JsonNode result) {
    return new Answer("", result);
  }

  /** It was done, and this is to be said. */
  public static Answer of(String result) {
    return of(new TextNode(result));
  }

  /** It was not done. */
  public static Answer failed(String why) {
    return new Answer(why, MissingNode.getInstance());
  }
}
