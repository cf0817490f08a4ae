package dev.lifeboat.vault.hydrate;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Who owns each sector of a window of a disk: 0 nobody (a hole), else the ordinal of a chunk, from
 * 1. Filled by one thread; afterwards each chunk's sectors are claimed by whoever writes the chunk,
 * and by nobody else, so that no lock is needed.
 */
final class OwnerMap {

  static final int SECTOR = 512;

  private static final int WRITTEN = -1;

  private final int[] owners;
  private final long start;

  /** A window from byte {@code start}; both are multiples of a sector. */
  OwnerMap(long start, long length) {
    this.start = start;
    this.owners = new int[Math.toIntExact(length / SECTOR)];
  }

  long start() {
    return start;
  }

  long end() {
    return start + (long) owners.length * SECTOR;
  }

  /** The range, as far as it lies in the window, is owned by this one from now on. */
  void fill(long offset, long length, int owner) {
    long from = Math.max(offset, start);
    long to = Math.min(offset + length, end());
    if (from < to) {
      Arrays.fill(owners, (int) ((from - start) / SECTOR), (int) ((to - start) / SECTOR), owner);
    }
  }

  /** The chunks that own a sector at least. */
  BitSet chunks() {
    BitSet chunks = new BitSet();
    int last = 0;
    for (int owner : owners) {
      if (owner != last && owner > 0) {
        chunks.set(owner);
      }
      last = owner;
    }
    return chunks;
  }

  /** Bytes that somebody owns. */
  long ownedBytes() {
    long sectors = 0;
    for (int owner : owners) {
      sectors += owner > 0 ? 1 : 0;
    }
    return sectors * SECTOR;
  }

  /** Told ranges of the disk. */
  interface Ranges {
    void range(long offset, int length) throws java.io.IOException;
  }

  /** Claims what the owner still has of the range, and tells it, in pieces. */
  void claim(long offset, int length, int owner, Ranges ranges) throws java.io.IOException {
    int at = (int) ((Math.max(offset, start) - start) / SECTOR);
    int to = (int) ((Math.min(offset + length, end()) - start) / SECTOR);
    while (at < to) {
      if (owners[at] != owner) {
        at++;
        continue;
      }
      int from = at;
      while (at < to && owners[at] == owner) {
        owners[at++] = WRITTEN;
      }
      ranges.range(start + (long) from * SECTOR, (at - from) * SECTOR);
    }
  }

  /** Tells the ranges that nobody owns. */
  void holes(Ranges ranges) throws java.io.IOException {
    int most = (1 << 30) / SECTOR;
    int at = 0;
    while (at < owners.length) {
      int from = at;
      while (at < owners.length && owners[at] == 0 && at - from < most) {
        at++;
      }
      if (at > from) {
        ranges.range(start + (long) from * SECTOR, (at - from) * SECTOR);
      } else {
        at++;
      }
    }
  }
}
