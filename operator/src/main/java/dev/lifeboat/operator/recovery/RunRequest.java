package dev.lifeboat.operator.recovery;

import dev.lifeboat.crds.RecoveryRunSpec;

/** What a run asks for, as the planner needs it. */
record RunRequest(
    String uid, RecoveryRunSpec.Action action, boolean acceptSplitBrain, boolean cancel) {

  static RunRequest of(String uid, RecoveryRunSpec spec) {
    return new RunRequest(
        uid,
        spec.action(),
        Boolean.TRUE.equals(spec.acceptSplitBrain()),
        Boolean.TRUE.equals(spec.cancel()));
  }
}
