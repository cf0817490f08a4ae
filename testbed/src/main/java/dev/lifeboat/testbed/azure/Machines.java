package dev.lifeboat.testbed.azure;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lifeboat.testbed.azure.MachineHost.Card;
import dev.lifeboat.testbed.azure.VirtualMachine.CardUse;
import dev.lifeboat.testbed.azure.VirtualMachine.DiskUse;
import dev.lifeboat.testbed.azure.VirtualMachine.Power;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Gives machines their disks, cards and power, and takes them away. What it does to hardware it
 * does without the cloud's lock: one operation at a time works on a machine.
 */
final class Machines {
  private final Cloud cloud;
  private final Disks disks;
  private final DiskBlobs blobs;
  private final MachineHost host;
  private final Path folder;
  private final int mostMemoryMiB;

  /** A machine gets the memory of its size, but no more than {@code mostMemoryMiB}. */
  Machines(
      Cloud cloud, Disks disks, DiskBlobs blobs, MachineHost host, Path folder, int mostMemoryMiB) {
    this.cloud = cloud;
    this.disks = disks;
    this.blobs = blobs;
    this.host = host;
    this.folder = folder;
    this.mostMemoryMiB = mostMemoryMiB;
  }

  /** Disks and interfaces are the machine's from here; the caller holds the cloud's lock. */
  void take(VirtualMachine machine) {
    for (DiskUse use : machine.form().disks()) {
      Disk disk = cloud.require(use.disk(), Disk.class);
      disk.machine(Optional.of(machine.id()));
      disk.state(Disk.State.ATTACHED);
    }
    for (CardUse use : machine.form().cards()) {
      cloud.require(use.nic(), NetworkInterface.class).machine(Optional.of(machine.id()));
    }
  }

  /** Starts a machine that has no power; does nothing for one that has. */
  JsonNode boot(VirtualMachine machine) throws IOException {
    if (machine.machine().filter(MachineHost.Machine::running).isPresent()) {
      return Operations.nothing();
    }
    stop(machine, Power.STARTING);
    List<DiskUse> uses = new ArrayList<>(machine.form().disks());
    uses.sort(Comparator.comparingInt(DiskUse::lun));
    List<Path> files = new ArrayList<>();
    for (DiskUse use : uses) {
      files.add(disks.file(cloud.require(use.disk(), Disk.class)));
    }
    MachineHost.Machine running =
        host.start(
            new MachineHost.Hardware(
                machine.uuid(),
                machine.size().cores(),
                Math.min(machine.size().memoryMiB(), mostMemoryMiB),
                files,
                cards(machine),
                Files.createDirectories(folder.resolve(machine.uuid().toString()))));
    synchronized (cloud) {
      machine.power(Power.RUNNING, Optional.of(running));
      diskState(machine, Disk.State.ATTACHED);
    }
    return Operations.nothing();
  }

  private List<Card> cards(VirtualMachine machine) {
    List<Card> cards = new ArrayList<>();
    synchronized (cloud) {
      for (CardUse use : machine.form().cards()) {
        NetworkInterface nic = cloud.require(use.nic(), NetworkInterface.class);
        Cidr range = nic.configuration().subnet().range();
        cards.add(
            new Card(
                nic.configuration().network().id().key(),
                Cidr.text(range.gateway()) + "/" + range.bits(),
                nic.mac(),
                Cidr.text(nic.address())));
      }
    }
    return cards;
  }

  private void diskState(VirtualMachine machine, Disk.State state) {
    for (DiskUse use : machine.form().disks()) {
      cloud.find(use.disk(), Disk.class).ifPresent(disk -> disk.state(state));
    }
  }

  /** Takes the power away. */
  void stop(VirtualMachine machine, Power then) throws IOException {
    if (machine.machine().isPresent()) {
      machine.machine().get().close();
    }
    synchronized (cloud) {
      // What was said on the console stays readable until the next start.
      machine.power(then, machine.machine());
      diskState(machine, then == Power.DEALLOCATED ? Disk.State.RESERVED : Disk.State.ATTACHED);
    }
  }

  String console(VirtualMachine machine) throws IOException {
    Optional<MachineHost.Machine> running = machine.machine();
    return running.isPresent() ? running.get().console() : "";
  }

  /** Takes power, disks and cards away, and deletes those that were to go with the machine. */
  void remove(VirtualMachine machine) throws IOException {
    stop(machine, Power.DEALLOCATED);
    blobs.deleteConsole(machine.uuid().toString());
    List<Disk> doomed = new ArrayList<>();
    synchronized (cloud) {
      for (DiskUse use : machine.form().disks()) {
        Optional<Disk> disk = cloud.find(use.disk(), Disk.class);
        disk.ifPresent(d -> {
          d.machine(Optional.empty());
          d.state(Disk.State.UNATTACHED);
        });
        if (use.deleteWithMachine()) {
          disk.ifPresent(doomed::add);
        }
      }
      for (CardUse use : machine.form().cards()) {
        Optional<NetworkInterface> nic = cloud.find(use.nic(), NetworkInterface.class);
        nic.ifPresent(n -> n.machine(Optional.empty()));
        if (use.deleteWithMachine()) {
          nic.ifPresent(cloud::remove);
        }
      }
      cloud.remove(machine);
    }
    for (Disk disk : doomed) {
      disks.erase(disk);
    }
  }
}
