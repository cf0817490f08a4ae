package dev.lifeboat.vault.segment;

import dev.lifeboat.wire.frame.CorruptFrameException;
import dev.lifeboat.wire.frame.RecordKind;
import java.util.Arrays;
import java.util.List;

/**
 * What a segment says about ranges of disks, in the order it was shipped; a column per field, for
 * there are very many. Lengths are at most {@link #MAX_LENGTH}. Reading is thread-safe once it is
 * full.
 */
public final class SegmentIndex {

  /** The longest range of one entry; longer ones are several. */
  static final int MAX_LENGTH = 1 << 30;

  private byte[] kinds = new byte[256];
  private char[] disks = new char[256];
  private int[] lengths = new int[256];
  private long[] offsets = new long[256];
  private long[] positions = new long[256];
  private int[] chunks = new int[256];
  private int[] places = new int[256];
  private int size;

  public int size() {
    return size;
  }

  /** WRITE, ZERO or UNMAP. */
  public RecordKind kind(int entry) {
    return switch (kinds[entry]) {
      case 1 -> RecordKind.WRITE;
      case 2 -> RecordKind.ZERO;
      default -> RecordKind.UNMAP;
    };
  }

  public boolean isWrite(int entry) {
    return kinds[entry] == 1;
  }

  public int disk(int entry) {
    return disks[entry];
  }

  public long offset(int entry) {
    return offsets[entry];
  }

  public int length(int entry) {
    return lengths[entry];
  }

  public long position(int entry) {
    return positions[entry];
  }

  /** The chunk that holds the content of a WRITE. */
  public int chunk(int entry) {
    return chunks[entry];
  }

  /** Where in the chunk's raw bytes. */
  public int place(int entry) {
    return places[entry];
  }

  int add(int kind, int disk, long offset, int length, long position) {
    if (size == kinds.length) {
      grow(2 * size);
    }
    kinds[size] = (byte) kind;
    disks[size] = (char) disk;
    lengths[size] = length;
    offsets[size] = offset;
    positions[size] = position;
    chunks[size] = 0;
    places[size] = 0;
    return size++;
  }

  void place(int entry, int chunk, int place) {
    chunks[entry] = chunk;
    places[entry] = place;
  }

  /** Takes an entry out; it is gone at the next {@link #compact}. */
  void drop(int entry) {
    lengths[entry] = 0;
  }

  boolean isDropped(int entry) {
    return lengths[entry] == 0;
  }

  /** Closes the gaps of dropped entries from {@code start} on. */
  void compact(int start) {
    int to = start;
    for (int i = start; i < size; i++) {
      if (lengths[i] != 0) {
        if (to != i) {
          move(i, to);
        }
        to++;
      }
    }
    size = to;
  }

  private void move(int i, int to) {
    kinds[to] = kinds[i];
    disks[to] = disks[i];
    lengths[to] = lengths[i];
    offsets[to] = offsets[i];
    positions[to] = positions[i];
    chunks[to] = chunks[i];
    places[to] = places[i];
  }

  private void grow(int capacity) {
    kinds = Arrays.copyOf(kinds, capacity);
    disks = Arrays.copyOf(disks, capacity);
    lengths = Arrays.copyOf(lengths, capacity);
    offsets = Arrays.copyOf(offsets, capacity);
    positions = Arrays.copyOf(positions, capacity);
    chunks = Arrays.copyOf(chunks, capacity);
    places = Arrays.copyOf(places, capacity);
  }

  static SegmentIndex ofSize(int size) {
    SegmentIndex index = new SegmentIndex();
    index.grow(Math.max(1, size));
    index.size = size;
    return index;
  }

  /** Refuses entries that are impossible, so that whoever reads them need not. */
  void check(List<ChunkPlace> chunkPlaces, boolean ordered) throws CorruptFrameException {
    long before = 0;
    for (int i = 0; i < size; i++) {
      long offset = offsets[i];
      int length = lengths[i];
      boolean content =
          kinds[i] != 1
              || (chunks[i] >= 0
                  && chunks[i] < chunkPlaces.size()
                  && places[i] >= 0
                  && (long) places[i] + length <= chunkPlaces.get(chunks[i]).rawLength());
      boolean range = offset >= 0 && offset + length > 0 && length > 0 && length <= MAX_LENGTH;
      if (kinds[i] < 1 || kinds[i] > 3 || !range || !content || positions[i] < 0) {
        throw new CorruptFrameException("entry " + i + " is impossible");
      }
      if (ordered && positions[i] < before) {
        throw new CorruptFrameException("entry " + i + " is out of order");
      }
      before = positions[i];
    }
  }

  /** Hands the columns on for encoding and decoding, in the order in which they are stored. */
  void columns(Columns columns) {
    columns.bytes(kinds, size);
    columns.chars(disks, size);
    columns.ints(lengths, size);
    columns.longs(offsets, size);
    columns.longs(positions, size);
    columns.ints(chunks, size);
    columns.ints(places, size);
  }

  /** Reads or writes whole columns. */
  interface Columns {
    void bytes(byte[] column, int size);

    void chars(char[] column, int size);

    void ints(int[] column, int size);

    void longs(long[] column, int size);
  }
}
