package dev.lifeboat.agent.capture;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.lifeboat.agent.capture.KernelObjects.Part;
import java.lang.foreign.MemorySegment;

/** The changes of one disk in the memory that is shared with the kernel. */
final class DiskChanges implements ChangeMap {
  private final SharedMemory memories;
  private final Slot slot;
  private final GranuleBytes dirty;
  private final GranuleBytes[] shipped;

  DiskChanges(SharedMemory memories, Slot slot) {
    this.memories = memories;
    this.slot = slot;
    dirty = bytes(Part.DIRTY);
    shipped = new GranuleBytes[] {bytes(Part.SHIPPED_EVEN), bytes(Part.SHIPPED_ODD)};
  }

  private GranuleBytes bytes(Part part) {
    MemorySegment all = memories.of(part);
    return new GranuleBytes(all.asSlice(slot.base(), slot.granules()));
  }

  @Override
  public long granules() {
    return slot.granules();
  }

  @Override
  public void mark(long offset, long length) {
    range(dirty, offset, length);
  }

  private void range(GranuleBytes target, long offset, long length) {
    if (offset < 0 || length < 0) {
      throw new IllegalArgumentException("range " + offset + "+" + length + " is on no disk");
    }
    if (length > 0) {
      long last = Math.min((offset + length - 1) / GRANULE, slot.granules() - 1);
      target.set(offset / GRANULE, last + 1);
    }
  }

  @Override
  public long next(long from) {
    return dirty.next(from);
  }

  @Override
  public void clear(long granule) {
    dirty.clear(granule);
  }

  @Override
  public long dirty() {
    return dirty.count();
  }

  @Override
  public boolean inFlight(long granule) {
    return !slot.settled()
        || (int) counter(Abi.D_WIDE) != slot.wide()
        || counter(Abi.D_ZEROES_IN_FLIGHT) != 0
        || (int) JAVA_INT.varHandle().getVolatile(memories.of(Part.FLIGHT), unit(granule)) != 0;
  }

  @Override
  public boolean inFlight(long granule, long since) {
    return inFlight(granule) && since >= slot.completeBefore();
  }

  private long counter(int offset) {
    long counters = (long) slot.number() << Abi.DISK_SHIFT;
    return (long) JAVA_LONG.varHandle().getVolatile(memories.of(Part.PER_DISK), counters + offset);
  }

  private long unit(long granule) {
    long unit = granule << Abi.GRANULE_SHIFT >> Abi.UNIT_SHIFT;
    long index = unit & ((1 << Abi.UNITS_SHIFT) - 1);
    return ((long) slot.number() << Abi.UNITS_SHIFT | index) * Integer.BYTES;
  }

  @Override
  public synchronized void shipped(long offset, long length) {
    range(shipped[slot.generation()], offset, length);
  }

  @Override
  public synchronized void turn() {
    int older = 1 - slot.generation();
    shipped[older].clear();
    slot.generation(older);
  }

  @Override
  public synchronized void reclaim() {
    for (GranuleBytes generation : shipped) {
      for (long at = generation.next(0); at >= 0; at = generation.next(at + 1)) {
        dirty.set(at, at + 1);
      }
      generation.clear();
    }
  }

  /** A disk of which nothing is known: all of it is dirty. */
  void beginAnew() {
    for (GranuleBytes generation : shipped) {
      generation.clear();
    }
    dirty.set(0, slot.granules());
  }
}
