package dev.lifeboat.agent.capture;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The disks that are wanted and those that are captured now. A disk that vanishes goes; when it
 * comes back, or grows, it is another to the kernel and all of it is dirty. Thread-safe.
 */
final class DiskSet {
  private static final Logger LOG = LoggerFactory.getLogger(DiskSet.class);

  private record Member(
      ProtectedDisk wanted,
      BlockDevice device,
      long arrival,
      Slot slot,
      ChangeMap changes,
      DiskWatch watch) {
    CapturedDisk captured() {
      return new CapturedDisk(
          wanted.id(),
          device.node(),
          device.size(),
          device.sectorSize(),
          wanted.identity(),
          arrival);
    }
  }

  private final SlotTable slots;
  private final SharedMemory memories;
  private final boolean bySequence;
  private static final Path CONTROL_GROUPS = Path.of("/sys/fs/cgroup");

  private final Map<Integer, ProtectedDisk> wanted = new HashMap<>();
  private final List<Member> members = new CopyOnWriteArrayList<>();
  private CaptureWatch watch;
  private long arrivals;

  DiskSet(SlotTable slots, SharedMemory memories, boolean bySequence) {
    this.slots = slots;
    this.memories = memories;
    this.bySequence = bySequence;
  }

  synchronized void watchedBy(CaptureWatch watcher) {
    watch = watcher;
  }

  /** Captures these and no others. */
  synchronized void begin(List<ProtectedDisk> disks) throws IOException {
    for (ProtectedDisk disk : disks) {
      var ignored = BlockDevice.inspect(disk.device(), bySequence); // all or none
    }
    for (ProtectedDisk disk : disks) {
      add(disk);
    }
    for (Slot slot : slots.used()) {
      if (members.stream().noneMatch(member -> member.slot.number() == slot.number())) {
        slots.remove(slot);
      }
    }
  }

  synchronized void add(ProtectedDisk disk) throws IOException {
    for (ProtectedDisk other : wanted.values()) {
      if (other.id() == disk.id() || other.device().equals(disk.device())) {
        throw new CaptureRefusedException(
            disk.device() + " or its id " + disk.id() + " is captured already: name it once");
      }
    }
    join(disk);
    wanted.put(disk.id(), disk);
  }

  private void join(ProtectedDisk disk) throws IOException {
    BlockDevice device = BlockDevice.inspect(disk.device(), bySequence);
    DiskStatistics.turnOn(device.sysfs());
    Optional<Slot> before = slots.find(disk.id(), device);
    Slot slot;
    if (before.isPresent()) {
      slot = before.get();
      slots.enter(slot);
    } else {
      slot = slots.add(disk.id(), device);
    }
    WriteLimits limits = new WriteLimits(CONTROL_GROUPS, device.sysfs(), System::nanoTime);
    DiskWatch disksWatch = new DiskWatch(slot, device.sysfs(), memories, limits, System::nanoTime);
    arrivals++;
    members.add(
        new Member(disk, device, arrivals, slot, new DiskChanges(memories, slot), disksWatch));
    watch.add(slot.number(), disksWatch);
  }

  synchronized void remove(int disk) throws IOException {
    wanted.remove(disk);
    for (Member member : members) {
      if (member.wanted.id() == disk) {
        leave(member);
      }
    }
  }

  private void leave(Member member) throws IOException {
    members.remove(member);
    watch.remove(member.slot.number());
    slots.remove(member.slot);
  }

  /** Looks which disks vanished, changed or came back. */
  synchronized void refresh() {
    for (Member member : members) {
      if (BlockDevice.keyNow(member.device.node(), bySequence) != member.device.key()
          || BlockDevice.sizeNow(member.device) != member.device.size()) {
        LOG.warn("disk {} went away or changed its size", member.wanted.id());
        attempt(() -> leave(member));
      }
    }
    for (ProtectedDisk disk : wanted.values()) {
      if (members.stream().noneMatch(member -> member.wanted.id() == disk.id())
          && BlockDevice.keyNow(disk.device(), bySequence) >= 0) {
        attempt(() -> join(disk));
      }
    }
  }

  private interface Step {
    void run() throws IOException;
  }

  private static void attempt(Step step) {
    try {
      step.run();
    } catch (IOException e) {
      LOG.debug("a disk is not as it should be yet: {}", e.getMessage());
    }
  }

  List<CapturedDisk> all() {
    return members.stream().map(Member::captured).toList();
  }

  ChangeMap changes(int disk) {
    return member(disk).changes;
  }

  long captured(int disk) {
    return member(disk).watch.captured();
  }

  /** Bytes of our own journal that were recognised. */
  long own() {
    return members.stream().mapToLong(member -> member.watch.own()).sum();
  }

  /** Counters of what is in flight that are not 0, or were wrong: 0 at rest. */
  long flightErrors() {
    return members.stream().mapToLong(member -> member.watch.errors()).sum();
  }

  /** Bytes of writes of which no program saw the end: at rest, what the kernel kept from them. */
  long unended() {
    return members.stream().mapToLong(member -> member.watch.unended()).sum();
  }

  private Member member(int disk) {
    return members.stream()
        .filter(member -> member.wanted.id() == disk)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("disk " + disk + " is not captured now"));
  }
}
