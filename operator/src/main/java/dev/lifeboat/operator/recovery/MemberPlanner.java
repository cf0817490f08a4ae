package dev.lifeboat.operator.recovery;

import dev.lifeboat.crds.RecoveryRunSpec.Action;
import dev.lifeboat.crds.RecoveryRunStatus.Member;
import dev.lifeboat.crds.RecoveryRunStatus.MemberPhase;
import dev.lifeboat.operator.cloud.CloudView;
import dev.lifeboat.operator.cloud.CloudView.Owner;
import dev.lifeboat.vault.head.Head;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Decides what is done next for one machine of a run, from what is seen of it alone: nothing is
 * remembered but the recovery point and which disks are whole. Pure.
 */
final class MemberPlanner {

  private final RunRequest run;
  private final Member member;
  private final Observed seen;

  private MemberPlanner(RunRequest run, Member member, Observed seen) {
    this.run = run;
    this.member = member;
    this.seen = seen;
  }

  static Decision plan(RunRequest run, Member member, Observed seen) {
    return new MemberPlanner(run, member, seen).plan();
  }

  private Decision plan() {
    if (member.point() != null && seen.refusal().isPresent()) {
      // What was made cannot be seen: nothing is done, and nothing is said to be done.
      return new Decision.Wait(
          stepAtHand(), seen.refusal().get().reason(), seen.refusal().get().message());
    }
    if (member.phase() == MemberPhase.RollingBack) {
      return undo();
    }
    if (run.cancel()) {
      // What was committed meanwhile is the user's machine: it stays.
      return seen.head().filter(HeadClaim::isCommitted).isPresent()
          ? new Decision.Done(Step.Finish)
          : new Decision.Cancel(Step.Undo);
    }
    return switch (run.action()) {
      case TestFailover, Failover ->
          member.point() == null
              ? begin()
              : foreign()
                  .<Decision>map(by -> new Decision.Fail(stepAtHand(), by.reason(), by.message()))
                  .orElseGet(() -> new BringUp(run, member, seen).next());
      case CleanupTestFailover -> cleanUp();
      case Commit -> commit();
    };
  }

  private Step stepAtHand() {
    return member.step() == null ? Step.Check : Step.valueOf(member.step());
  }

  // ---- before anything is made ----

  private Decision begin() {
    Optional<Observed.Refusal> refusal = seen.refusal().or(this::refusedByHead).or(this::foreign);
    if (refusal.isPresent()) {
      return new Decision.Fail(Step.Check, refusal.get().reason(), refusal.get().message());
    }
    return splitBrain().orElseGet(this::point);
  }

  private Optional<Decision> splitBrain() {
    if (run.action() != Action.Failover || run.acceptSplitBrain()) {
      return Optional.empty();
    }
    return switch (seen.source()) {
      case Silent -> Optional.empty();
      case Alive ->
          Optional.of(
              new Decision.Fail(
                  Step.Check,
                  "SourceAlive",
                  "the source still answers, and both would run: stop it, or set"
                      + " acceptSplitBrain"));
      case NotHeardYet ->
          Optional.of(
              new Decision.Wait(
                  Step.Check,
                  "ListeningForSource",
                  "the operator has just started and listens for a minute whether the source"
                      + " answers; a run with acceptSplitBrain does not wait"));
    };
  }

  private Decision point() {
    return switch (seen.point()) {
      case PointSearch.Found(var point) -> Decision.Do.one(Step.Point, new Task.UsePoint(point));
      case PointSearch.NotYet(var message) ->
          new Decision.Wait(Step.Point, "UploadingLatest", message);
      case PointSearch.Unreachable(var message) ->
          new Decision.Wait(Step.Point, "VaultUnreachable", message);
      case PointSearch.Missing(var message) ->
          new Decision.Fail(Step.Point, "NoRecoveryPoint", message);
      case PointSearch.NotAsked() ->
          new Decision.Wait(Step.Point, "NotLookedYet", "the points are not known yet");
    };
  }

  private Optional<Observed.Refusal> refusedByHead() {
    if (seen.head().isEmpty()) {
      return Optional.of(
          new Observed.Refusal(
              "NeverProtected",
              "the machine has no head in the vault: it was never protected, there is nothing to"
                  + " bring up"));
    }
    Head head = seen.head().get();
    if (HeadClaim.isFree(head) || HeadClaim.isOf(head, run.uid())) {
      return Optional.empty();
    }
    return Optional.of(
        new Observed.Refusal(
            "AlreadyFailedOver",
            "the machine's head says "
                + head.active()
                + ", "
                + head.commit()
                + ": another run failed it over; commit that one, or wait until it has ended"));
  }

  private Optional<Observed.Refusal> foreign() {
    CloudView cloud = seen.cloud();
    List<Owner> owners = new ArrayList<>(List.of(cloud.nic().owner(), cloud.vm().owner()));
    cloud.disks().values().forEach(disk -> owners.add(disk.owner()));
    if (owners.contains(Owner.Foreign)) {
      return Optional.of(
          new Observed.Refusal(
              "NameTaken",
              "resources of the replica's names are there and are not ours: give the machine"
                  + " another target.vmName, or remove them"));
    }
    if (owners.contains(Owner.Machine)) {
      return Optional.of(
          new Observed.Refusal(
              "ReplicaThere",
              "the machine is up already by another run: a test failover is taken away by"
                  + " CleanupTestFailover"));
    }
    return Optional.empty();
  }

  // ---- back ----

  /** The twin of every step: what this run made goes, in the opposite order. */
  private Decision undo() {
    if (run.action() == Action.Commit || run.action() == Action.CleanupTestFailover) {
      return new Decision.Done(Step.Undo);
    }
    return new Removal(Step.Undo, Owner.Run, seen)
        .next()
        .orElseGet(() ->
            seen.isClaimedBy(run)
                ? Decision.Do.one(Step.Undo, new Task.ReleaseHead())
                : new Decision.Done(Step.Undo));
  }

  private Decision cleanUp() {
    if (seen.refusal().isPresent()) {
      return new Decision.Fail(
          Step.Check, seen.refusal().get().reason(), seen.refusal().get().message());
    }
    return new Removal(Step.Cleanup, Owner.Machine, seen)
        .next()
        .orElseGet(() -> new Decision.Done(Step.Cleanup));
  }

  private Decision commit() {
    if (seen.refusal().isPresent()) {
      return new Decision.Fail(
          Step.Check, seen.refusal().get().reason(), seen.refusal().get().message());
    }
    if (seen.head().filter(HeadClaim::isCommitted).isPresent()) {
      return new Decision.Done(Step.Commit);
    }
    if (seen.head().filter(HeadClaim::isPending).isPresent()) {
      return Decision.Do.one(Step.Commit, new Task.CommitHead());
    }
    return new Decision.Fail(
        Step.Commit,
        "NothingToCommit",
        "the machine was not failed over: a run of Failover has to succeed first");
  }
}
