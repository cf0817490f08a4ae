package dev.lifeboat.agent.capture;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;

/** A disk in memory with its change map, and writes that are issued first and complete later. */
public final class MemoryDisk implements ChangeMap {
  private final int id;
  private final long arrival;
  private byte[] content;
  private final BitSet dirty = new BitSet();
  private final BitSet newer = new BitSet();
  private final BitSet older = new BitSet();
  private final int[] inFlight;

  MemoryDisk(int id, int size, long arrival) {
    this.id = id;
    this.arrival = arrival;
    this.content = new byte[size];
    this.inFlight = new int[(int) granules()];
  }

  public CapturedDisk disk() {
    return new CapturedDisk(
        id, Path.of("/dev/memory" + id), content.length, 512, "serial-" + id, arrival);
  }

  public byte[] content() {
    return content;
  }

  void apply(long offset, byte[] bytes) {
    System.arraycopy(bytes, 0, content, (int) offset, bytes.length);
  }

  /** The disk as another machine or an earlier copy left it. */
  public void replace(byte[] bytes) {
    content = Arrays.copyOf(bytes, bytes.length);
  }

  void issue(long offset, long length) {
    for (long g = offset / GRANULE; g <= (offset + length - 1) / GRANULE; g++) {
      inFlight[(int) g]++;
    }
  }

  void complete(long offset, long length) {
    for (long g = offset / GRANULE; g <= (offset + length - 1) / GRANULE; g++) {
      inFlight[(int) g]--;
    }
  }

  /** A new boot: the maps lived in the kernel. */
  void forget() {
    dirty.clear();
    newer.clear();
    older.clear();
    Arrays.fill(inFlight, 0);
  }

  @Override
  public long granules() {
    return ((long) content.length + GRANULE - 1) / GRANULE;
  }

  @Override
  public void mark(long offset, long length) {
    set(dirty, offset, length);
  }

  private static void set(BitSet bits, long offset, long length) {
    bits.set((int) (offset / GRANULE), (int) ((offset + length - 1) / GRANULE) + 1);
  }

  @Override
  public long next(long from) {
    return dirty.nextSetBit((int) from);
  }

  @Override
  public void clear(long granule) {
    dirty.clear((int) granule);
  }

  @Override
  public long dirty() {
    return dirty.cardinality();
  }

  @Override
  public boolean inFlight(long granule) {
    return inFlight[(int) granule] > 0;
  }

  @Override
  public boolean inFlight(long granule, long since) {
    return inFlight(granule);
  }

  @Override
  public void shipped(long offset, long length) {
    set(newer, offset, length);
  }

  @Override
  public void turn() {
    older.clear();
    older.or(newer);
    newer.clear();
  }

  @Override
  public void reclaim() {
    dirty.or(newer);
    dirty.or(older);
    newer.clear();
    older.clear();
  }
}
