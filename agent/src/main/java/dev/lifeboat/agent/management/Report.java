package dev.lifeboat.agent.management;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lifeboat.agent.control.AgentStatus;

/**
 * How the agent is, as the operator wants to know it.
 *
 * @param percent of convergence that is done
 * @param lagSeconds age of the newest mark in the vault; 0 when nothing was written since; -1 when
 *     there is none
 */
public record Report(
    @JsonProperty("state") String state,
    @JsonProperty("reason") String reason,
    @JsonProperty("percent") int percent,
    @JsonProperty("connected") boolean connected,
    @JsonProperty("server") String server,
    @JsonProperty("trouble") String trouble,
    @JsonProperty("lagSeconds") double lagSeconds,
    @JsonProperty("lagBytes") long lagBytes) {

  /** Of what {@code status} shows. */
  public static Report of(AgentStatus status) {
    return new Report(
        status.state(),
        status.reason(),
        status.percentEqual(),
        status.connected(),
        status.server(),
        status.trouble(),
        status.lagSeconds(),
        status.lagBytes());
  }
}
