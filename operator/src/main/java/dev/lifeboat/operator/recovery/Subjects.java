package dev.lifeboat.operator.recovery;

import dev.lifeboat.crds.RecoveryRun;
import dev.lifeboat.crds.RecoveryRunStatus.Member;
import dev.lifeboat.operator.cloud.CloudException;

/** Finds the machines of runs. */
interface Subjects {

  /** What came of looking for a machine. */
  sealed interface Found {
    record Subject(MemberSubject subject) implements Found {}

    /** The run may not touch it; nothing was made of it either. */
    record Refused(Observed.Refusal refusal) implements Found {}
  }

  Found find(RecoveryRun run, Member member) throws CloudException;

  /** Whether the machine's agent was heard of a moment ago. */
  Observed.Source source(MemberSubject subject);
}
