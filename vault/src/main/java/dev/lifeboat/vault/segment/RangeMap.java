package dev.lifeboat.vault.segment;

import java.util.Arrays;

/** Finds the entry of an index by its exact range: open addressing, no objects. Not thread-safe. */
final class RangeMap {

  private final int[] table;
  private final int mask;
  private boolean empty = true;

  RangeMap(int most) {
    int size = Integer.highestOneBit(most) * 4;
    this.table = new int[size];
    this.mask = size - 1;
  }

  int find(SegmentIndex index, int disk, long offset, int length) {
    for (int at = hash(disk, offset, length); table[at] != 0; at = (at + 1) & mask) {
      int entry = table[at] - 1;
      if (same(index, entry, disk, offset, length)) {
        return index.isDropped(entry) ? -1 : entry;
      }
    }
    return -1;
  }

  /** The entry takes the place of one with the same range. */
  void put(SegmentIndex index, int entry) {
    int disk = index.disk(entry);
    long offset = index.offset(entry);
    int length = index.length(entry);
    int at = hash(disk, offset, length);
    while (table[at] != 0 && !sameOrDropped(index, table[at] - 1, disk, offset)) {
      at = (at + 1) & mask;
    }
    table[at] = entry + 1;
    empty = false;
  }

  void clear() {
    if (!empty) {
      Arrays.fill(table, 0);
      empty = true;
    }
  }

  private static boolean same(SegmentIndex index, int entry, int disk, long offset, int length) {
    return index.offset(entry) == offset
        && index.disk(entry) == disk
        && index.length(entry) == length;
  }

  /** A dropped entry was dropped for the one that is being put, or its place may be reused. */
  private static boolean sameOrDropped(SegmentIndex index, int entry, int disk, long offset) {
    return index.isDropped(entry) && index.offset(entry) == offset && index.disk(entry) == disk;
  }

  private int hash(int disk, long offset, int length) {
    long h = (offset * 31 + disk) * 31 + length;
    h *= 0x9E3779B97F4A7C15L;
    return (int) (h >>> 40) & mask;
  }
}
