package dev.lifeboat.operator.recovery;

import dev.lifeboat.operator.cloud.Cloud;
import dev.lifeboat.operator.cloud.CloudException;
import dev.lifeboat.operator.cloud.CloudView;
import dev.lifeboat.operator.cloud.CloudView.Owner;
import dev.lifeboat.operator.cloud.CloudView.State;
import dev.lifeboat.operator.cloud.Readiness;
import dev.lifeboat.operator.cloud.Replica;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A cloud in memory whose operations take two looks. {@link #refuse} makes a call fail once; {@link
 * #crash} lets a call be done and its answer be lost with the program.
 */
final class FakeCloud implements Cloud {

  /** What a killed program throws here. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  private static final class Thing {
    private final String run;
    private final Optional<UUID> machine;
    private State state;
    private State next;
    private int looks;

    private Thing(String run, Optional<UUID> machine, State next) {
      this.run = run;
      this.machine = machine;
      this.state = State.Creating;
      this.next = next;
    }
  }

  private final Map<String, Thing> things = new TreeMap<>();
  final List<String> calls = new ArrayList<>();
  private final Map<String, CloudException> refusals = new HashMap<>();
  private int crashAt = -1;

  void refuse(String call, CloudException with) {
    refusals.put(call, with);
  }

  /** The call of this number, counted from 0, is the last of its program. */
  void crash(int call) {
    crashAt = call;
  }

  Set<String> left() {
    return things.keySet();
  }

  @Override
  public CloudView look(Replica replica, Set<Integer> disks) throws CloudException {
    refused("look");
    things.values().removeIf(thing -> thing.state == State.Deleting && ++thing.looks > 1);
    things.values().stream()
        .filter(thing -> thing.state == State.Creating && ++thing.looks > 1)
        .forEach(thing -> thing.state = thing.next);
    Map<Integer, CloudView.Disk> found = new HashMap<>();
    for (int disk : disks) {
      Thing thing = things.get(replica.diskName(disk));
      if (thing != null) {
        found.put(disk, new CloudView.Disk(thing.state, owner(thing, replica)));
      }
    }
    return new CloudView(
        found,
        find(replica.nicName())
            .map(nic -> new CloudView.Nic(nic.state, owner(nic, replica), "10.0.0.4"))
            .orElse(CloudView.Nic.NONE),
        find(replica.vmName())
            .map(vm -> new CloudView.Vm(vm.state, owner(vm, replica), "AllocationFailed"))
            .orElse(CloudView.Vm.NONE));
  }

  @Override
  public Readiness check(Replica replica, int disks, Optional<String> testSubnet) {
    throw new AssertionError("no run asks for this");
  }

  private Optional<Thing> find(String name) {
    return Optional.ofNullable(things.get(name));
  }

  private static Owner owner(Thing thing, Replica replica) {
    if (!thing.machine.equals(Optional.of(replica.machine()))) {
      return Owner.Foreign;
    }
    return thing.run.equals(replica.run()) ? Owner.Run : Owner.Machine;
  }

  private void refused(String call) throws CloudException {
    CloudException refusal = refusals.remove(call);
    if (refusal != null) {
      throw refusal;
    }
  }

  private void done(String call) {
    calls.add(call);
    if (calls.size() - 1 == crashAt) {
      throw new Killed();
    }
  }

  private void make(String call, String name, Replica replica, State next) throws CloudException {
    refused(call);
    things.putIfAbsent(name, new Thing(replica.run(), Optional.of(replica.machine()), next));
    done(call);
  }

  void stranger(String name) {
    things.put(name, new Thing("stranger", Optional.empty(), State.Ready));
  }

  void vmFails(String name) {
    things.get(name).next = State.Failed;
  }

  @Override
  public void createDisk(Replica replica, int disk, long bytes) throws CloudException {
    make("createDisk", replica.diskName(disk), replica, State.Uploading);
  }

  @Override
  public URI openUpload(Replica replica, int disk) throws CloudException {
    refused("openUpload");
    done("openUpload");
    return URI.create("https://disk.invalid/" + replica.diskName(disk) + "?sig=secret");
  }

  @Override
  public void closeUpload(Replica replica, int disk) throws CloudException {
    refused("closeUpload");
    Thing thing = things.get(replica.diskName(disk));
    if (thing.state == State.Uploading) {
      thing.state = State.Ready;
    }
    done("closeUpload");
  }

  @Override
  public void createNic(Replica replica) throws CloudException {
    make("createNic", replica.nicName(), replica, State.Ready);
  }

  @Override
  public void createVm(Replica replica, List<Integer> disks) throws CloudException {
    for (int disk : disks) {
      if (things.get(replica.diskName(disk)).state != State.Ready) {
        throw new CloudException(CloudException.Reason.Refused, "a disk is not ready");
      }
    }
    make("createVm", replica.vmName(), replica, State.Ready);
  }

  @Override
  public void startVm(Replica replica) throws CloudException {
    refused("startVm");
    things.get(replica.vmName()).state = State.Ready;
    done("startVm");
  }

  @Override
  public void deleteVm(Replica replica) throws CloudException {
    delete("deleteVm", replica.vmName());
  }

  @Override
  public void deleteNic(Replica replica) throws CloudException {
    if (things.containsKey(replica.vmName())) {
      throw new CloudException(CloudException.Reason.Refused, "the VM uses it");
    }
    delete("deleteNic", replica.nicName());
  }

  @Override
  public void deleteDisk(Replica replica, int disk) throws CloudException {
    if (things.containsKey(replica.vmName())) {
      throw new CloudException(CloudException.Reason.Refused, "the VM uses it");
    }
    delete("deleteDisk", replica.diskName(disk));
  }

  private void delete(String call, String name) throws CloudException {
    refused(call);
    find(name)
        .filter(thing -> thing.machine.isPresent())
        .ifPresent(thing -> {
          thing.state = State.Deleting;
          thing.looks = 0;
        });
    done(call);
  }
}
