package dev.lifeboat.replicator.processserver.uploader;

import java.time.Duration;

/**
 * When a segment is closed.
 *
 * @param leastBytes raw bytes from which on it goes as soon as the one before has arrived
 * @param mostBytes raw bytes at which it goes in any case
 * @param pointDelay how long a mark may wait to become a point
 * @param idleDelay how long changes without a mark may wait
 * @param stopWithin how long a segment under way may take when the server stops
 */
public record UploadPace(
    long leastBytes, long mostBytes, Duration pointDelay, Duration idleDelay, Duration stopWithin) {
  /** As docs/formats.md and the design have it. */
  public static final UploadPace STANDARD =
      new UploadPace(
          8L << 20,
          64L << 20,
          Duration.ofMillis(500),
          Duration.ofSeconds(5),
          Duration.ofSeconds(20));

  public UploadPace {
    if (leastBytes < 1 || mostBytes < leastBytes) {
      throw new IllegalArgumentException(
          "the least segment size must be positive and not above the most");
    }
  }
}
