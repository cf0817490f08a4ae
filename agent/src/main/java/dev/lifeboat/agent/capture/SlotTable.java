package dev.lifeboat.agent.capture;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.lifeboat.agent.capture.KernelObjects.Part;
import dev.lifeboat.agent.kernel.BpfMap;
import dev.lifeboat.agent.kernel.Errno;
import dev.lifeboat.agent.kernel.KernelException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Which disks are captured, and where each has its granules. A slot is given away again only when
 * no record of its former disk is left in the ring. Callers hold one lock.
 */
final class SlotTable {
  private final KernelObjects objects;
  private final SharedMemory memories;
  private final RingMemory ring;
  private final List<Slot> slots = new ArrayList<>();
  private final long capacity;

  SlotTable(KernelObjects objects, SharedMemory memories, RingMemory ring) {
    this.objects = objects;
    this.memories = memories;
    this.ring = ring;
    MemorySegment directory = memories.of(Part.DIRECTORY);
    for (int i = 0; i < Abi.SLOTS; i++) {
      slots.add(new Slot(directory, i));
    }
    capacity = memories.of(Part.DIRTY).byteSize();
  }

  /** The disk id of a slot's records, or -1. */
  int disk(int slot) {
    Slot found = slots.get(slot);
    return found.state() == Slot.FREE ? -1 : found.disk();
  }

  /** The slot of a disk that was captured before under the same id, key and size. */
  Optional<Slot> find(int disk, BlockDevice device) {
    return slots.stream()
        .filter(slot ->
            slot.state() == Slot.USED
                && slot.disk() == disk
                && slot.key() == device.key()
                && slot.size() == device.size())
        .findFirst();
  }

  List<Slot> used() {
    return slots.stream().filter(slot -> slot.state() == Slot.USED).toList();
  }

  /** Begins to capture a disk; all of it is dirty. */
  Slot add(int disk, BlockDevice device) throws IOException {
    reuse();
    for (Slot other : used()) {
      if (other.key() == device.key()) {
        remove(other);
      }
    }
    Slot slot =
        slots.stream()
            .filter(candidate -> candidate.state() == Slot.FREE)
            .findFirst()
            .orElseThrow(() ->
                new CaptureRefusedException(
                    "more than " + Abi.SLOTS + " disks cannot be captured: protect fewer"));
    slot.assign(disk, device, place(Slot.granules(device.size())));
    long counters = (long) slot.number() << Abi.DISK_SHIFT;
    memories.of(Part.PER_DISK).asSlice(counters, 1 << Abi.DISK_SHIFT).fill((byte) 0);
    long units = 4L << Abi.UNITS_SHIFT;
    memories.of(Part.FLIGHT).asSlice(slot.number() * units, units).fill((byte) 0);
    new DiskChanges(memories, slot).beginAnew();
    slot.state(Slot.USED);
    enter(slot);
    return slot;
  }

  /** Tells the programs; again after a restart, for the agent may have died before it did. */
  void enter(Slot slot) throws KernelException {
    byte[] entry = new byte[Abi.TABLE_ENTRY];
    MemorySegment bytes = MemorySegment.ofArray(entry);
    bytes.set(JAVA_INT_UNALIGNED, Abi.T_SLOT, slot.number());
    bytes.set(JAVA_LONG_UNALIGNED, Abi.T_BASE, slot.base());
    objects.map(Part.DISKS).put(BpfMap.bytes(slot.key()), entry);
  }

  /** Ends the capture of a disk. */
  void remove(Slot slot) throws KernelException {
    try {
      objects.map(Part.DISKS).remove(BpfMap.bytes(slot.key()));
    } catch (KernelException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
    }
    slot.leftAt(ring.producer());
    slot.state(Slot.LEAVING);
  }

  private void reuse() {
    long consumer = ring.consumer();
    for (Slot slot : slots) {
      if (slot.state() == Slot.LEAVING && slot.leftAt() <= consumer) {
        slot.state(Slot.FREE);
      }
    }
  }

  /** The first gap that is wide enough; places are multiples of 8. */
  private long place(long granules) throws CaptureRefusedException {
    long at = 0;
    List<Slot> taken =
        slots.stream()
            .filter(slot -> slot.state() != Slot.FREE)
            .sorted(Comparator.comparingLong(Slot::base))
            .toList();
    for (Slot slot : taken) {
      if (at + granules <= slot.base()) {
        return at;
      }
      at = Math.max(at, (slot.base() + slot.granules() + 7) & ~7L);
    }
    if (at + granules > capacity) {
      throw new CaptureRefusedException(
          "the change map has no room for another disk of this size: detach capture and start it"
              + " anew with all disks");
    }
    return at;
  }
}
