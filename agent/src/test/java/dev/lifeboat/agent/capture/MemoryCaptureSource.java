package dev.lifeboat.agent.capture;

import dev.lifeboat.wire.frame.Chain;
import dev.lifeboat.wire.frame.RecordKind;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Capture over disks in memory. Like the kernel's ring it outlives the agent; a reboot empties it.
 * Writes are issued (captured, then in flight) and completed apart. Fault switches: overflow,
 * deferral, failure, skipped programs.
 */
@SuppressWarnings("ArrayRecordComponent")
public final class MemoryCaptureSource implements CaptureSource {
  private static final int BOOT_BITS = 48;

  /** A write between issue and completion. */
  public record Pending(int disk, long offset, byte[] bytes, boolean captured) {}

  private record Held(
      RecordKind kind, int disk, long offset, long length, byte[] payload, long position) {}

  private final NavigableMap<Integer, MemoryDisk> disks = new TreeMap<>();
  private final List<Pending> pending = new ArrayList<>();
  private final NavigableMap<Long, Held> ring = new TreeMap<>();
  private final long capacity;
  private long arrivals;
  private long producer;
  private long cursor;
  private Checkpoint released = new Checkpoint(0, Chain.START, 0);
  private Chain delivered = Chain.START;
  private long overflows;
  private long deferred;
  private long failed;
  private long missed;
  private long unknown;
  private boolean full;
  private boolean hidden;

  /** A source whose ring holds {@code capacity} bytes. */
  public MemoryCaptureSource(long capacity) {
    this.capacity = capacity;
  }

  public MemoryDisk add(int id, int size) {
    arrivals++;
    MemoryDisk disk = new MemoryDisk(id, size, arrivals);
    disks.put(id, disk);
    return disk;
  }

  public MemoryDisk disk(int id) {
    return disks.get(id);
  }

  public void remove(int id) {
    disks.remove(id);
  }

  /** The machine starts: nothing is held, positions and chain begin anew. */
  public void boot(long number, UUID lineage, UUID bootId) {
    pending.clear();
    ring.clear();
    disks.values().forEach(MemoryDisk::forget);
    producer = number << BOOT_BITS;
    released = new Checkpoint(producer, Chain.ofBoot(lineage, bootId), producer);
    overflows = 0;
    deferred = 0;
    failed = 0;
    missed = 0;
    unknown = 0;
    rewind();
  }

  /** The agent was killed: what it had read is read again by the next one. */
  public void killed() {
    rewind();
  }

  /** From now on writes find the ring full. */
  public void overflowing(boolean on) {
    full = on;
  }

  /** Writes after this are seen by accounting only. */
  public void hiding(boolean on) {
    hidden = on;
  }

  private boolean isFull(int more) {
    return full || producer + more - released.position() > capacity;
  }

  /** Issues a write; it reaches the disk by {@link #complete}. */
  public Pending issue(int disk, long offset, byte[] bytes) {
    boolean captured = true;
    MemoryDisk target = disks.get(disk);
    if (hidden) {
      captured = false;
      missed++;
    } else if (isFull(bytes.length + 64)) {
      captured = false;
      overflows++;
      target.mark(offset, bytes.length);
    } else {
      put(RecordKind.WRITE, disk, offset, bytes.length, bytes.clone());
    }
    target.issue(offset, bytes.length);
    Pending one = new Pending(disk, offset, bytes.clone(), captured);
    pending.add(one);
    return one;
  }

  /** A write too large to copy. */
  public Pending issueDeferred(int disk, long offset, byte[] bytes) {
    deferred++;
    disks.get(disk).mark(offset, bytes.length);
    if (!isFull(64)) {
      put(RecordKind.DEFERRED, disk, offset, bytes.length, new byte[0]);
    }
    disks.get(disk).issue(offset, bytes.length);
    Pending one = new Pending(disk, offset, bytes.clone(), false);
    pending.add(one);
    return one;
  }

  private void put(RecordKind kind, int disk, long offset, long length, byte[] payload) {
    producer += 64 + payload.length;
    ring.put(producer, new Held(kind, disk, offset, length, payload, producer));
  }

  /** A write reaches the disk. */
  public void complete(Pending one) {
    pending.remove(one);
    MemoryDisk disk = disks.get(one.disk());
    if (disk == null) {
      return;
    }
    disk.apply(one.offset(), one.bytes());
    if (!one.captured()) {
      disk.mark(one.offset(), one.bytes().length);
    }
    disk.complete(one.offset(), one.bytes().length);
  }

  /** A write is refused by the disk: it was captured, and is not on the disk. */
  public void fail(Pending one) {
    pending.remove(one);
    failed++;
    disks.get(one.disk()).mark(one.offset(), one.bytes().length);
    disks.get(one.disk()).complete(one.offset(), one.bytes().length);
  }

  public void write(int disk, long offset, byte[] bytes) {
    complete(issue(disk, offset, bytes));
  }

  /** Zeros, discarded or written. */
  public void zero(RecordKind kind, int disk, long offset, int length) {
    if (isFull(64)) {
      overflows++;
      disks.get(disk).mark(offset, length);
    } else {
      put(kind, disk, offset, length, new byte[0]);
    }
    disks.get(disk).apply(offset, new byte[length]);
  }

  public List<Pending> pending() {
    return List.copyOf(pending);
  }

  @Override
  public List<CapturedDisk> disks() {
    return disks.values().stream().map(MemoryDisk::disk).toList();
  }

  @Override
  public long producerPosition() {
    return producer;
  }

  @Override
  public Losses losses() {
    return new Losses(overflows, deferred, failed, missed, unknown);
  }

  @Override
  public int poll(RecordSink sink, long budget) {
    int count = 0;
    // The ring is larger than what is asked for at once, here as there.
    long left = Math.min(budget, capacity / 16);
    for (Held held : ring.tailMap(cursor, false).values()) {
      if (left <= 0) {
        break;
      }
      if (held.kind() == RecordKind.WRITE) {
        sink.write(held.disk(), held.offset(), (int) held.length(), held.position());
        MemorySegment payload = MemorySegment.ofArray(held.payload());
        long half = payload.byteSize() / 2;
        sink.payload(payload.asSlice(0, half));
        sink.payload(payload.asSlice(half));
      } else {
        sink.range(held.kind(), held.disk(), held.offset(), held.length(), held.position());
      }
      left -= held.payload().length;
      cursor = held.position();
      count++;
    }
    if (count > 0) {
      delivered = sink.chain();
    }
    return count;
  }

  @Override
  public Checkpoint checkpoint() {
    return new Checkpoint(cursor, delivered, cursor);
  }

  @Override
  public void release(Checkpoint checkpoint) {
    if (checkpoint.position() < released.position()) {
      throw new IllegalStateException("released twice: " + checkpoint + " after " + released);
    }
    released = checkpoint;
    ring.headMap(checkpoint.position(), true).clear();
    if (cursor <= checkpoint.position()) {
      cursor = checkpoint.position();
      delivered = checkpoint.chain();
    }
  }

  @Override
  public Checkpoint released() {
    return released;
  }

  @Override
  public void rewind() {
    cursor = released.position();
    delivered = released.chain();
  }

  @Override
  public double fill() {
    return (double) (producer - released.position()) / capacity;
  }

  @Override
  public ChangeMap changes(CapturedDisk disk) {
    return disks.get(disk.id());
  }

  @Override
  public void close() {}
}
