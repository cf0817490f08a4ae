package dev.lifeboat.operator.recovery;

import dev.lifeboat.crds.RecoveryRun;
import dev.lifeboat.crds.RecoveryRunSpec;
import dev.lifeboat.crds.RecoveryRunSpec.Action;

/**
 * What a run asks for, as the planner needs it.
 *
 * @param cancel also of a run that is deleted: what it made would be nobody's
 */
record RunRequest(String uid, Action action, boolean acceptSplitBrain, boolean cancel) {

  static RunRequest of(RecoveryRun run) {
    RecoveryRunSpec spec = run.getSpec();
    return new RunRequest(
        run.getMetadata().getUid(),
        spec.action(),
        Boolean.TRUE.equals(spec.acceptSplitBrain()),
        Boolean.TRUE.equals(spec.cancel()) || run.isMarkedForDeletion());
  }

  /** Whether machines are brought up. */
  boolean bringsUp() {
    return action == Action.TestFailover || action == Action.Failover;
  }
}
