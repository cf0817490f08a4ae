package dev.lifeboat.operator.recovery;

import dev.lifeboat.crds.RecoveryPlanSpec.OnError;
import dev.lifeboat.crds.RecoveryRun;
import dev.lifeboat.crds.RecoveryRunStatus.Member;
import dev.lifeboat.crds.RecoveryRunStatus.MemberPhase;
import dev.lifeboat.operator.cloud.CloudException;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings every machine of a run one look further. Thread-safe. */
final class RunDriver {

  private static final Logger LOG = LoggerFactory.getLogger(RunDriver.class);

  private final MemberWork work;
  private final Clock clock;

  RunDriver(MemberWork work, Clock clock) {
    this.work = work;
    this.clock = clock;
  }

  /** The machines as they are afterwards. */
  List<Member> advance(RecoveryRun run, List<Member> members, OnError onError) {
    RunRequest request = RunRequest.of(run);
    List<Member> next = new ArrayList<>();
    for (Member member : members) {
      next.add(
          Members.ended(member) && !isTakenBack(request, member)
              ? member
              : advance(run, request, member, turn(member, members, onError)));
    }
    return next;
  }

  /** Whoever cancels a plan wants what its first groups have brought up no more, either. */
  private static boolean isTakenBack(RunRequest request, Member member) {
    return request.cancel() && request.bringsUp() && member.phase() == MemberPhase.Succeeded;
  }

  static Observed.Turn turn(Member member, List<Member> members, OnError onError) {
    Observed.Turn turn = Observed.Turn.Now;
    for (Member other : members) {
      if (other.group() >= member.group() || other.phase() == MemberPhase.Succeeded) {
        continue;
      }
      if (other.phase() == MemberPhase.Pending || other.phase() == MemberPhase.Running) {
        turn = Observed.Turn.Later;
      } else if (onError == OnError.Stop) {
        return Observed.Turn.Never;
      }
    }
    return turn;
  }

  private Member advance(RecoveryRun run, RunRequest request, Member member, Observed.Turn turn) {
    if (member.point() == null && member.phase() == MemberPhase.RollingBack) {
      // Nothing is made before the point is known: there is nothing to undo.
      return ended(member, "");
    }
    if (member.point() == null && request.cancel()) {
      return Members.at(
          member, MemberPhase.RollingBack, Step.Undo, "Cancelled", "the run was cancelled", now());
    }
    try {
      MemberWork.Look look = work.look(run, member, turn);
      Decision decision = MemberPlanner.plan(request, member, look.seen());
      return apply(run, member, look, decision);
    } catch (CloudException e) {
      tell(run, member, e);
      return refused(member, e);
    } catch (IOException e) {
      tell(run, member, e);
      return Members.at(
          member, running(member), step(member), "VaultUnreachable", e.getMessage(), now());
    }
  }

  /** Once: the same is said at every look, as long as it is waited out. */
  private static void tell(RecoveryRun run, Member member, Exception e) {
    String message = String.valueOf(e.getMessage());
    if (member.message() == null || !member.message().contains(message)) {
      LOG.info("{}: {}: {}", run.getMetadata().getName(), member.name(), message);
    }
  }

  private Member apply(RecoveryRun run, Member member, MemberWork.Look look, Decision decision)
      throws IOException {
    return switch (decision) {
      case Decision.Do(var step, var tasks) ->
          carryOut(
              run,
              Members.at(member, running(member), step, said(member), told(member), now()),
              look,
              tasks);
      case Decision.Wait(var step, var reason, var message) -> {
        boolean back = member.phase() == MemberPhase.RollingBack;
        yield Members.at(
            member,
            running(member),
            step,
            back ? member.reason() : reason,
            back ? member.message() : message,
            now());
      }
      case Decision.Fail(var step, var reason, var message) ->
          Members.at(member, MemberPhase.RollingBack, step, reason, message, now());
      case Decision.Cancel(var step) ->
          Members.at(
              member, MemberPhase.RollingBack, step, "Cancelled", "the run was cancelled", now());
      case Decision.Done(var step) ->
          done(Members.at(member, running(member), step, said(member), told(member), now()), look);
    };
  }

  private Member carryOut(RecoveryRun run, Member member, MemberWork.Look look, List<Task> tasks)
      throws IOException {
    Member at = member;
    for (Task task : tasks) {
      if (task instanceof Task.RemoveHydration) {
        work.removeHydration(run, at);
        continue;
      }
      try {
        at = work.carryOut(run, at, look.subject().orElseThrow(), task);
      } catch (CloudException e) {
        tell(run, at, e);
        return refused(at, e);
      }
    }
    return at;
  }

  private Member done(Member member, MemberWork.Look look) {
    return ended(member, look.seen().cloud().nic().privateIp());
  }

  private Member ended(Member member, String privateIp) {
    MemberPhase phase =
        member.phase() != MemberPhase.RollingBack
            ? MemberPhase.Succeeded
            : "Cancelled".equals(member.reason()) ? MemberPhase.Cancelled : MemberPhase.Failed;
    return Members.ended(member, phase, privateIp, now());
  }

  /** What cannot be mended by waiting is undone. While undoing, everything waits. */
  private Member refused(Member member, CloudException e) {
    boolean back = member.phase() == MemberPhase.RollingBack;
    if (back) {
      return Members.at(
          member, MemberPhase.RollingBack, step(member), member.reason(), keep(member, e), now());
    }
    MemberPhase phase = e.reason().waits() ? MemberPhase.Running : MemberPhase.RollingBack;
    return Members.at(member, phase, step(member), e.reason().name(), e.getMessage(), now());
  }

  /** Why it failed first, and what stands in the way of undoing it. */
  private static String keep(Member member, CloudException e) {
    String first = member.message() == null ? "" : member.message().replaceFirst(" \\[.*", "");
    return first + " [undoing waits: " + e.getMessage() + "]";
  }

  private static MemberPhase running(Member member) {
    return member.phase() == MemberPhase.RollingBack
        ? MemberPhase.RollingBack
        : MemberPhase.Running;
  }

  /** What was said when it failed stays; what was waited for goes. */
  private static String said(Member member) {
    return member.phase() == MemberPhase.RollingBack ? member.reason() : null;
  }

  private static String told(Member member) {
    return member.phase() == MemberPhase.RollingBack ? member.message() : null;
  }

  private static Step step(Member member) {
    return member.step() == null ? Step.Check : Step.valueOf(member.step());
  }

  private java.time.Instant now() {
    return clock.instant();
  }
}
