package dev.lifeboat.operator.recovery;

import dev.lifeboat.crds.RecoveryRunSpec.Action;
import dev.lifeboat.crds.RecoveryRunStatus.DiskProgress;
import dev.lifeboat.crds.RecoveryRunStatus.Member;
import dev.lifeboat.crds.RecoveryRunStatus.MemberPhase;
import dev.lifeboat.operator.cloud.CloudView;
import dev.lifeboat.operator.cloud.CloudView.Owner;
import dev.lifeboat.operator.cloud.CloudView.State;
import dev.lifeboat.vault.head.Head;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
      return new Decision.Cancel(Step.Undo);
    }
    return switch (run.action()) {
      case TestFailover, Failover -> member.point() == null ? begin() : bringUp();
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
      return fail(Step.Check, refusal.get().reason(), refusal.get().message());
    }
    if (run.action() == Action.Failover && seen.sourceAlive() && !run.acceptSplitBrain()) {
      return fail(
          Step.Check,
          "SourceAlive",
          "the source still answers, and both would run: stop it, or set acceptSplitBrain");
    }
    return switch (seen.point()) {
      case PointSearch.Found(var point) -> Decision.Do.one(Step.Point, new Task.UsePoint(point));
      case PointSearch.NotYet(var message) ->
          new Decision.Wait(Step.Point, "UploadingLatest", message);
      case PointSearch.Unreachable(var message) ->
          new Decision.Wait(Step.Point, "VaultUnreachable", message);
      case PointSearch.Missing(var message) -> fail(Step.Point, "NoRecoveryPoint", message);
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

  // ---- forward ----

  private Decision bringUp() {
    if (run.action() == Action.Failover && !claimed()) {
      return Decision.Do.one(Step.Fence, new Task.ClaimHead());
    }
    return disks()
        .or(this::hydrate)
        .or(this::network)
        .or(this::turn)
        .or(this::start)
        .or(this::finish)
        .orElseGet(() -> new Decision.Done(Step.Finish));
  }

  private boolean claimed() {
    return seen.head().filter(head -> HeadClaim.isOf(head, run.uid())).isPresent();
  }

  private Optional<Decision> disks() {
    List<Task> missing = new ArrayList<>();
    boolean creating = false;
    for (DiskProgress disk : member.disks()) {
      State state = stateOf(disk);
      if (Boolean.TRUE.equals(disk.hydrated())) {
        if (state == State.Absent) {
          return Optional.of(
              fail(
                  Step.Disks,
                  "DiskLost",
                  "managed disk " + disk.diskName() + " was there and is gone: make another run"));
        }
        if (state == State.Failed) {
          return Optional.of(diskFailed(disk, "could not be closed"));
        }
        continue;
      }
      switch (state) {
        case Absent -> missing.add(new Task.CreateDisk(disk.id(), disk.bytes()));
        case Creating, Deleting -> creating = true;
        case Failed -> {
          return Optional.of(diskFailed(disk, "could not be made"));
        }
        default -> {}
      }
    }
    if (!missing.isEmpty()) {
      return Optional.of(new Decision.Do(Step.Disks, missing));
    }
    return creating
        ? Optional.of(new Decision.Wait(Step.Disks, "CreatingDisks", "the disks are being made"))
        : Optional.empty();
  }

  private static Decision diskFailed(DiskProgress disk, String how) {
    return fail(
        Step.Disks,
        "DiskFailed",
        "managed disk " + disk.diskName() + " " + how + ": its activity log in Azure says why");
  }

  private State stateOf(DiskProgress disk) {
    CloudView.Disk found = seen.cloud().disks().get(disk.id());
    return found == null ? State.Absent : found.state();
  }

  private Optional<Decision> hydrate() {
    List<Task> tasks = new ArrayList<>();
    int waiting = 0;
    boolean closing = false;
    for (DiskProgress disk : member.disks()) {
      if (Boolean.TRUE.equals(disk.hydrated())) {
        // A VM cannot have a disk before Azure has closed its upload.
        if (stateOf(disk) == State.Uploading) {
          tasks.add(new Task.FinishDisk(disk.id()));
        }
        closing |= stateOf(disk) == State.Creating && seen.cloud().vm().state() == State.Absent;
        continue;
      }
      Observed.JobState job = seen.jobs().get(disk.id());
      if (job == null) {
        tasks.add(new Task.StartHydration(disk.id()));
      } else if (job.phase() == Observed.JobPhase.Succeeded) {
        tasks.add(new Task.FinishDisk(disk.id()));
      } else if (job.phase() == Observed.JobPhase.Failed) {
        return Optional.of(
            fail(
                Step.Hydrate,
                "HydrationFailed",
                "disk " + disk.id() + " could not be hydrated: " + job.message()));
      } else {
        waiting++;
      }
    }
    if (!tasks.isEmpty()) {
      return Optional.of(new Decision.Do(Step.Hydrate, tasks));
    }
    if (waiting == 0 && closing) {
      return Optional.of(
          new Decision.Wait(Step.Hydrate, "ClosingDisks", "the disks' uploads are being closed"));
    }
    return waiting == 0
        ? Optional.empty()
        : Optional.of(
            new Decision.Wait(
                Step.Hydrate, "Hydrating", waiting + " disks are being filled by keeper Jobs"));
  }

  private Optional<Decision> network() {
    return switch (seen.cloud().nic().state()) {
      case Absent -> Optional.of(Decision.Do.one(Step.Network, new Task.CreateNic()));
      case Creating, Deleting ->
          Optional.of(
              new Decision.Wait(Step.Network, "CreatingNic", "the interface is being made"));
      case Failed ->
          Optional.of(
              fail(Step.Network, "NicFailed", "the network interface failed: see it in Azure"));
      default -> Optional.empty();
    };
  }

  private Optional<Decision> turn() {
    if (seen.cloud().vm().state() != State.Absent) {
      return Optional.empty();
    }
    return switch (seen.turn()) {
      case Now -> Optional.empty();
      case Later ->
          Optional.of(
              new Decision.Wait(
                  Step.Start, "GroupBefore", "the groups before this one are not up yet"));
      case Never ->
          Optional.of(
              fail(
                  Step.Start,
                  "GroupBeforeFailed",
                  "a machine of a group before failed, and the plan says onError: Stop"));
    };
  }

  private Optional<Decision> start() {
    CloudView.Vm vm = seen.cloud().vm();
    return switch (vm.state()) {
      case Absent ->
          Optional.of(
              Decision.Do.one(
                  Step.Start,
                  new Task.CreateVm(member.disks().stream().map(DiskProgress::id).toList())));
      case Creating, Deleting, Uploading ->
          Optional.of(new Decision.Wait(Step.Start, "Starting", "the VM starts"));
      case Stopped -> Optional.of(Decision.Do.one(Step.Start, new Task.StartVm()));
      case Failed ->
          Optional.of(fail(Step.Start, "StartFailed", "the VM did not start: " + vm.trouble()));
      case Ready -> Optional.empty();
    };
  }

  private Optional<Decision> finish() {
    List<Task> tasks = new ArrayList<>();
    if (run.action() == Action.Failover
        && seen.head().filter(head -> HeadClaim.isRecoveredBy(head, run.uid())).isEmpty()) {
      tasks.add(new Task.MarkRecovered());
    }
    if (!seen.jobs().isEmpty()) {
      tasks.add(new Task.RemoveHydration());
    }
    return tasks.isEmpty() ? Optional.empty() : Optional.of(new Decision.Do(Step.Finish, tasks));
  }

  // ---- back ----

  /** The twin of every step: what this run made goes, in the opposite order. */
  private Decision undo() {
    if (run.action() == Action.Commit || run.action() == Action.CleanupTestFailover) {
      return new Decision.Done(Step.Undo);
    }
    return remove(Step.Undo, Owner.Run)
        .orElseGet(() ->
            claimed()
                ? Decision.Do.one(Step.Undo, new Task.ReleaseHead())
                : new Decision.Done(Step.Undo));
  }

  private Decision cleanUp() {
    if (seen.refusal().isPresent()) {
      return fail(Step.Check, seen.refusal().get().reason(), seen.refusal().get().message());
    }
    return remove(Step.Cleanup, Owner.Machine).orElseGet(() -> new Decision.Done(Step.Cleanup));
  }

  /** Takes away what belongs to {@code owner} or to the run itself; empty when nothing is left. */
  private Optional<Decision> remove(Step step, Owner owner) {
    if (!seen.jobs().isEmpty()) {
      return Optional.of(Decision.Do.one(step, new Task.RemoveHydration()));
    }
    CloudView cloud = seen.cloud();
    if (isLeft(cloud.vm().state(), cloud.vm().owner(), owner)) {
      return Optional.of(go(step, cloud.vm().state(), new Task.DeleteVm()));
    }
    if (isLeft(cloud.nic().state(), cloud.nic().owner(), owner)) {
      return Optional.of(go(step, cloud.nic().state(), new Task.DeleteNic()));
    }
    List<Task> disks = new ArrayList<>();
    boolean deleting = false;
    for (Map.Entry<Integer, CloudView.Disk> disk : cloud.disks().entrySet()) {
      if (!isLeft(disk.getValue().state(), disk.getValue().owner(), owner)) {
        continue;
      }
      deleting = true;
      if (disk.getValue().state() != State.Deleting) {
        disks.add(new Task.DeleteDisk(disk.getKey()));
      }
    }
    if (!disks.isEmpty()) {
      return Optional.of(new Decision.Do(step, disks));
    }
    return deleting ? Optional.of(removing(step)) : Optional.empty();
  }

  private static boolean isLeft(State state, Owner owner, Owner wanted) {
    return state != State.Absent && (owner == Owner.Run || owner == wanted);
  }

  private static Decision go(Step step, State state, Task delete) {
    return state == State.Deleting ? removing(step) : Decision.Do.one(step, delete);
  }

  private static Decision removing(Step step) {
    return new Decision.Wait(step, "Removing", "what was made in Azure is being taken away");
  }

  private Decision commit() {
    if (seen.refusal().isPresent()) {
      return fail(Step.Check, seen.refusal().get().reason(), seen.refusal().get().message());
    }
    if (seen.head().filter(HeadClaim::isCommitted).isPresent()) {
      return new Decision.Done(Step.Commit);
    }
    if (seen.head().filter(HeadClaim::isPending).isPresent()) {
      return Decision.Do.one(Step.Commit, new Task.CommitHead());
    }
    return fail(
        Step.Commit,
        "NothingToCommit",
        "the machine was not failed over: a run of Failover has to succeed first");
  }

  private static Decision.Fail fail(Step step, String reason, String message) {
    return new Decision.Fail(step, reason, message);
  }
}
