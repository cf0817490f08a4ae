package dev.lifeboat.operator.recovery;

import dev.lifeboat.crds.RecoveryRun;
import dev.lifeboat.crds.RecoveryRunSpec.Action;
import dev.lifeboat.crds.RecoveryRunStatus;
import dev.lifeboat.crds.RecoveryRunStatus.Member;
import dev.lifeboat.crds.RecoveryRunStatus.MemberPhase;
import dev.lifeboat.crds.RecoveryRunStatus.Phase;
import dev.lifeboat.operator.status.Conditions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** A run's status from its machines. Pure. */
final class RunProgress {

  static final List<String> TYPES = List.of("Ready");

  private RunProgress() {}

  static RecoveryRunStatus status(
      RecoveryRun run, List<Member> members, Conditions conditions, Instant now) {
    RecoveryRunStatus was = run.getStatus();
    Phase phase = phase(members);
    Instant started = Instant.parse(was.startTime());
    boolean ended = phase != Phase.Running && phase != Phase.RollingBack;
    boolean recovers =
        run.getSpec().action() == Action.TestFailover || run.getSpec().action() == Action.Failover;
    condition(phase, members, conditions);
    return new RecoveryRunStatus(
        run.getMetadata().getGeneration(),
        phase,
        was.subject(),
        ended ? null : step(members),
        was.startTime(),
        ended ? Members.text(now) : null,
        recovers ? rpo(members, started) : null,
        recovers && phase == Phase.Succeeded ? Duration.between(started, now).toSeconds() : null,
        members,
        conditions.list());
  }

  static Phase phase(List<Member> members) {
    if (!members.stream().allMatch(Members::ended)) {
      boolean back = members.stream().anyMatch(m -> m.phase() == MemberPhase.RollingBack);
      return back ? Phase.RollingBack : Phase.Running;
    }
    if (members.stream().anyMatch(m -> m.phase() == MemberPhase.Failed)) {
      return Phase.Failed;
    }
    return members.stream().anyMatch(m -> m.phase() == MemberPhase.Cancelled)
        ? Phase.Cancelled
        : Phase.Succeeded;
  }

  private static String step(List<Member> members) {
    return members.stream()
        .filter(m -> !Members.ended(m))
        .map(Member::step)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  /** From the oldest point used: what was written behind it is lost. */
  private static Long rpo(List<Member> members, Instant started) {
    Optional<Instant> oldest =
        members.stream()
            .map(Member::pointTime)
            .filter(Objects::nonNull)
            .map(Instant::parse)
            .min(Instant::compareTo);
    return oldest
        .map(time -> Math.max(0, Duration.between(time, started).toSeconds()))
        .orElse(null);
  }

  private static void condition(Phase phase, List<Member> members, Conditions conditions) {
    Optional<Member> troubled = members.stream().filter(m -> m.reason() != null).findFirst();
    switch (phase) {
      case Succeeded -> conditions.yes("Ready", "Succeeded", "everything was done");
      case Cancelled ->
          conditions.no(
              "Ready",
              "Cancelled",
              "the run was cancelled; what it made is gone, but for what was committed");
      case Failed ->
          conditions.no(
              "Ready",
              troubled.map(Member::reason).orElse("Failed"),
              troubled
                  .map(m -> m.name() + ": " + m.message())
                  .orElse("a machine of the run failed"));
      case Pending, Running, RollingBack ->
          troubled.ifPresentOrElse(
              m -> conditions.no("Ready", m.reason(), m.name() + ": " + m.message()),
              () -> conditions.no("Ready", phase.name(), "the run is under way: see members"));
    }
  }
}
