package dev.lifeboat.operator.protection;

import dev.lifeboat.operator.agents.AgentRecord;
import dev.lifeboat.operator.agents.AgentReport;
import dev.lifeboat.operator.agents.AgentReports;
import dev.lifeboat.operator.cloud.Readiness;
import dev.lifeboat.operator.vaults.VaultPoint;
import dev.lifeboat.vault.head.Head;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is seen of a machine.
 *
 * @param problem what keeps its vault from being looked at; head, points, readiness and runs are
 *     empty then
 * @param heard the agent's newest report
 * @param silentSince when reports can have come from: the operator's start
 * @param readiness whether the cloud would let it come up; empty as long as nobody has looked
 * @param rpoThresholdSeconds of the policy; {@link #NO_THRESHOLD} where there is none
 */
record MachineFacts(
    Optional<Problem> problem,
    Optional<AgentRecord> agent,
    Optional<AgentReports.Heard> heard,
    Instant silentSince,
    Optional<Head> head,
    List<VaultPoint> points,
    Optional<Readiness> readiness,
    Runs runs,
    int rpoThresholdSeconds,
    boolean testable) {

  /** No point is too old by this one. */
  static final int NO_THRESHOLD = Integer.MAX_VALUE;

  /** An agent reports every ten seconds; this long without a word is silence. */
  private static final Duration SILENCE = Duration.ofSeconds(60);

  /** A reason and what to do. */
  record Problem(String reason, String message) {}

  /**
   * What runs say of the machine.
   *
   * @param test whether a test failover is under way, up, or being cleaned up
   * @param rehearsed whether a test failover was up and cleaned up
   */
  record Runs(TestRun test, boolean rehearsed) {}

  /** How far a test failover is. */
  enum TestRun {
    None,
    UnderWay,
    Up,
    CleaningUp
  }

  MachineFacts {
    points = List.copyOf(points);
  }

  /** Of a machine whose vault cannot be looked at: what is known without it. */
  static MachineFacts unseen(
      Problem problem,
      Optional<AgentRecord> agent,
      Optional<AgentReports.Heard> heard,
      Instant silentSince,
      int rpoThresholdSeconds) {
    return new MachineFacts(
        Optional.of(problem),
        agent,
        heard,
        silentSince,
        Optional.empty(),
        List.of(),
        Optional.empty(),
        new Runs(TestRun.None, false),
        rpoThresholdSeconds,
        false);
  }

  /** The newest report, if it is not too old. */
  Optional<AgentReport> report(Instant now) {
    return heard.filter(word -> word.at().isAfter(now.minus(SILENCE))).map(word -> word.report());
  }

  /** Just after a start nothing was heard of anybody: nothing is concluded from that. */
  boolean isTooEarly(Instant now) {
    return heard.isEmpty() && silentSince.isAfter(now.minus(SILENCE));
  }
}
