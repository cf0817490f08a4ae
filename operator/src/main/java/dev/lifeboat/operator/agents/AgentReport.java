package dev.lifeboat.operator.agents;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/**
 * What an agent says of itself every few seconds.
 *
 * @param state {@code Consistent}, {@code Converging} or {@code Dormant}
 * @param percent of convergence that is done
 * @param trouble why it is not connected; empty if it is
 * @param lagSeconds age of the newest mark in the vault; 0 when nothing was written since; -1 when
 *     there is none
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record AgentReport(
    String state,
    String reason,
    int percent,
    boolean connected,
    String server,
    String trouble,
    double lagSeconds,
    long lagBytes) {

  public AgentReport {
    state = state == null ? "" : state;
    reason = reason == null ? "" : reason;
    server = server == null ? "" : server;
    trouble = trouble == null ? "" : trouble;
    percent = Math.clamp(percent, 0, 100);
  }

  /** Whether everything that was written is in a recovery point. */
  public boolean quiet() {
    return connected && state.equals("Consistent") && lagSeconds == 0;
  }
}
