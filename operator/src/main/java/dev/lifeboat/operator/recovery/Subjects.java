package dev.lifeboat.operator.recovery;

import dev.lifeboat.crds.RecoveryRun;
import dev.lifeboat.operator.cloud.CloudException;

/** Finds the machines of runs. */
interface Subjects {

  /** What came of looking for a machine. */
  sealed interface Found {
    record Subject(MemberSubject subject) implements Found {}

    /** The run may not touch it; nothing was made of it either. */
    record Refused(Observed.Refusal refusal) implements Found {}
  }

  Found find(RecoveryRun run, String machine) throws CloudException;

  /** Whether the machine's agent was heard of a moment ago. */
  boolean isAlive(MemberSubject subject);
}
