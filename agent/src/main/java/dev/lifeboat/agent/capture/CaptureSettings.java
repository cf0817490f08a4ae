package dev.lifeboat.agent.capture;

import dev.lifeboat.wire.frame.Chain;
import java.nio.file.Path;

/**
 * How to capture.
 *
 * @param pins a directory on a bpf file system, ours alone, and locked while it is read; one is
 *     mounted where there is none
 * @param state a directory of the agent on a disk: it holds, for a moment, a test file
 * @param ringBytes bytes of the ring, a power of two
 * @param positionBase where positions begin if capture starts anew; beyond any that was used before
 * @param chain the chain if capture starts anew
 */
public record CaptureSettings(
    Path pins, Path state, int ringBytes, long positionBase, Chain chain) {
  private static final int LEAST = 64 << 20;
  private static final int MOST = 512 << 20;

  /** Checks the ring. */
  public CaptureSettings {
    if (ringBytes < 1 << 18 || Integer.bitCount(ringBytes) != 1) {
      throw new IllegalArgumentException(
          "the ring must have a power of two of bytes, 256 KiB at least, not " + ringBytes);
    }
  }

  /** The ring for a machine with so much memory: a sixteenth, within 64 and 512 MiB. */
  public static int ringBytes(long memory) {
    long share = Long.highestOneBit(Math.max(1, memory / 16));
    return Math.clamp(share, LEAST, MOST);
  }
}
