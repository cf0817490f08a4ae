package dev.lifeboat.operator.recovery;

import dev.lifeboat.crds.RecoveryRunSpec.Action;
import dev.lifeboat.crds.RecoveryRunStatus.DiskProgress;
import dev.lifeboat.crds.RecoveryRunStatus.Member;
import dev.lifeboat.operator.cloud.CloudView;
import dev.lifeboat.operator.cloud.CloudView.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The way forward of one machine whose recovery point is chosen: fence, disks, hydration, network,
 * VM. Each part says what is next, or nothing when it is done. Pure.
 */
final class BringUp {

  private final RunRequest run;
  private final Member member;
  private final Observed seen;

  BringUp(RunRequest run, Member member, Observed seen) {
    this.run = run;
    this.member = member;
    this.seen = seen;
  }

  Decision next() {
    if (run.action() == Action.Failover && !seen.isClaimedBy(run)) {
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

  private Optional<Decision> disks() {
    List<Task> missing = new ArrayList<>();
    boolean creating = false;
    for (DiskProgress disk : member.disks()) {
      State state = stateOf(disk);
      if (Boolean.TRUE.equals(disk.hydrated())) {
        if (state == State.Absent) {
          return Optional.of(
              new Decision.Fail(
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
    return new Decision.Fail(
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
            new Decision.Fail(
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
              new Decision.Fail(
                  Step.Network, "NicFailed", "the network interface failed: see it in Azure"));
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
              new Decision.Fail(
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
          Optional.of(
              new Decision.Fail(
                  Step.Start, "StartFailed", "the VM did not start: " + vm.trouble()));
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
}
