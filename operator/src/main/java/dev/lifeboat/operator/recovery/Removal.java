package dev.lifeboat.operator.recovery;

import dev.lifeboat.operator.cloud.CloudView;
import dev.lifeboat.operator.cloud.CloudView.Owner;
import dev.lifeboat.operator.cloud.CloudView.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The way back of one machine: what was made for it goes, in the opposite order of its making.
 * Pure.
 */
final class Removal {

  private final Step step;
  private final Owner owner;
  private final Observed seen;

  /** Of what belongs to {@code owner} or to the run itself, as part of a step. */
  Removal(Step step, Owner owner, Observed seen) {
    this.step = step;
    this.owner = owner;
    this.seen = seen;
  }

  /** What to take away next; empty when nothing is left. */
  Optional<Decision> next() {
    if (!seen.jobs().isEmpty()) {
      return Optional.of(Decision.Do.one(step, new Task.RemoveHydration()));
    }
    CloudView cloud = seen.cloud();
    if (isLeft(cloud.vm().state(), cloud.vm().owner())) {
      return Optional.of(go(cloud.vm().state(), new Task.DeleteVm()));
    }
    if (isLeft(cloud.nic().state(), cloud.nic().owner())) {
      return Optional.of(go(cloud.nic().state(), new Task.DeleteNic()));
    }
    List<Task> disks = new ArrayList<>();
    boolean deleting = false;
    for (Map.Entry<Integer, CloudView.Disk> disk : cloud.disks().entrySet()) {
      if (!isLeft(disk.getValue().state(), disk.getValue().owner())) {
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
    return deleting ? Optional.of(removing()) : Optional.empty();
  }

  private boolean isLeft(State state, Owner of) {
    return state != State.Absent && (of == Owner.Run || of == owner);
  }

  private Decision go(State state, Task delete) {
    return state == State.Deleting ? removing() : Decision.Do.one(step, delete);
  }

  private Decision removing() {
    return new Decision.Wait(step, "Removing", "what was made in Azure is being taken away");
  }
}
