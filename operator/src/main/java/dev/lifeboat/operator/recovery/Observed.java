package dev.lifeboat.operator.recovery;

import dev.lifeboat.operator.cloud.CloudView;
import dev.lifeboat.vault.head.Head;
import java.util.Map;
import java.util.Optional;

/**
 * What is seen of one machine of a run.
 *
 * @param refusal why the run may not touch the machine at all; empty if it may
 * @param source whether the agent was heard of a moment ago
 * @param head empty if the machine was never protected
 * @param jobs of the disks that have one
 * @param turn whether the groups before this machine's are up
 */
record Observed(
    Optional<Refusal> refusal,
    Source source,
    Optional<Head> head,
    PointSearch point,
    CloudView cloud,
    Map<Integer, JobState> jobs,
    Turn turn) {

  /** Why a run may not be. */
  record Refusal(String reason, String message) {}

  /** What is known of the machine that is protected. */
  enum Source {
    Alive,
    Silent,
    /** Nothing was heard, and nobody has listened for long. */
    NotHeardYet
  }

  /** How a keeper's Job stands. */
  record JobState(JobPhase phase, String message) {}

  /** How far a Job is. */
  enum JobPhase {
    Running,
    Succeeded,
    Failed
  }

  /** How the groups before stand. */
  enum Turn {
    Now,
    Later,
    Never
  }

  Observed {
    jobs = Map.copyOf(jobs);
  }

  /** Whether the machine's head says that this run fails it over. */
  boolean isClaimedBy(RunRequest run) {
    return head.filter(found -> HeadClaim.isOf(found, run.uid())).isPresent();
  }
}
