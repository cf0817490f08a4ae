package dev.lifeboat.wire.journal;

import java.io.IOException;

/**
 * How much disk tracked changes may take. A file is made only if 10 % of the file system stay free
 * behind it.
 *
 * @param maxBytes bytes of all files together
 * @param maxPercent the same as a share of the file system; the smaller of the two counts
 * @param segmentBytes bytes of one file, a multiple of 4 KiB
 */
public record Bounds(long maxBytes, int maxPercent, int segmentBytes) {
  /** What a machine gets if nothing else is said. */
  public static final Bounds DEFAULT = new Bounds(10L << 30, 5, 64 << 20);

  private static final int KEPT_FREE_PERCENT = 10;

  public Bounds {
    if (maxBytes < 0 || maxPercent < 0 || maxPercent > 100) {
      throw new IllegalArgumentException("no such bound: " + maxBytes + ", " + maxPercent + " %");
    }
    if (segmentBytes < 2 * Blocks.SIZE || segmentBytes % Blocks.SIZE != 0) {
      throw new IllegalArgumentException("a segment is no multiple of 4 KiB: " + segmentBytes);
    }
  }

  /** How many files that makes. */
  int segments(Space space) throws IOException {
    long bytes = Math.min(maxBytes, space.total() / 100 * maxPercent);
    return Math.toIntExact(Math.min(bytes / segmentBytes, 1 << 20));
  }

  /** How many bytes are missing before one more file may be made; 0 if it may. */
  long missing(Space space, long more) throws IOException {
    return Math.max(0, space.total() / 100 * KEPT_FREE_PERCENT + more - space.usable());
  }
}
