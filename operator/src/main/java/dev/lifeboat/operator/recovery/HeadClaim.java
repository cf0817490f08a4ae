package dev.lifeboat.operator.recovery;

import dev.lifeboat.vault.head.Head;

/** What a run writes into a machine's head, and reads there. */
final class HeadClaim {

  static final String SOURCE = "Source";
  static final String RECOVERY = "Recovery";
  static final String NONE = "None";
  static final String COMMITTED = "Committed";

  private static final String FAILOVER = "Failover:";
  private static final String PENDING = "Pending:";

  private HeadClaim() {}

  static boolean isFree(Head head) {
    return head.commit().equals(NONE) && head.active().equals(SOURCE);
  }

  /** Whether the run has claimed the machine, or brought it up already. */
  static boolean isOf(Head head, String run) {
    return head.commit().equals(FAILOVER + run) || isRecoveredBy(head, run);
  }

  static boolean isRecoveredBy(Head head, String run) {
    return head.commit().equals(PENDING + run) && head.active().equals(RECOVERY);
  }

  static boolean isPending(Head head) {
    return head.commit().startsWith(PENDING);
  }

  static boolean isFailingOver(Head head) {
    return head.commit().startsWith(FAILOVER);
  }

  static boolean isCommitted(Head head) {
    return head.commit().equals(COMMITTED);
  }

  static Head claimed(Head head, String run) {
    return with(head, head.active(), FAILOVER + run);
  }

  static Head recovered(Head head, String run) {
    return with(head, RECOVERY, PENDING + run);
  }

  static Head released(Head head) {
    return with(head, SOURCE, NONE);
  }

  static Head committed(Head head) {
    return with(head, RECOVERY, COMMITTED);
  }

  private static Head with(Head head, String active, String commit) {
    return new Head(head.epoch(), head.owner(), head.lineage(), active, commit);
  }
}
