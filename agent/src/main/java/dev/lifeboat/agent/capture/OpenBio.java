package dev.lifeboat.agent.capture;

import java.util.Arrays;

/** A write of which pieces were read, and not yet the last. */
final class OpenBio {
  private final long id;
  private final int slot;
  private final long sector;
  private final long total;
  private long received;
  private long[] places = new long[8];
  private int[] lengths = new int[8];
  private int pieces;

  OpenBio(long id, int slot, long sector, long total) {
    this.id = id;
    this.slot = slot;
    this.sector = sector;
    this.total = total;
  }

  void add(long place, int length) {
    if (pieces == lengths.length) {
      places = Arrays.copyOf(places, 2 * pieces);
      lengths = Arrays.copyOf(lengths, 2 * pieces);
    }
    places[pieces] = place;
    lengths[pieces++] = length;
    received += length;
  }

  /** Whether a piece goes on where this one stands. */
  boolean accepts(long pieceSector, int pieceSlot, long done, long left, int length) {
    return pieceSector == sector
        && pieceSlot == slot
        && done == received
        && done + length + left == total;
  }

  long id() {
    return id;
  }

  int slot() {
    return slot;
  }

  long sector() {
    return sector;
  }

  long total() {
    return total;
  }

  /** Where its first record begins. */
  long begin() {
    return places[0];
  }

  int pieces() {
    return pieces;
  }

  long place(int piece) {
    return places[piece];
  }

  int length(int piece) {
    return lengths[piece];
  }
}
