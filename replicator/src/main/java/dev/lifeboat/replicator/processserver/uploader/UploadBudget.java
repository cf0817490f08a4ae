package dev.lifeboat.replicator.processserver.uploader;

import java.util.concurrent.Semaphore;

/**
 * Bytes that all uploaders together may hold in memory. Whoever holds some never waits for more: it
 * sends what it has, which gives everything back. Thread-safe.
 */
public final class UploadBudget {
  /** The least that lets the greatest frame through. */
  public static final long LEAST_BYTES = 64L << 20;

  private static final int UNIT = 1024;

  private final Semaphore units;

  public UploadBudget(long bytes) {
    if (bytes < LEAST_BYTES) {
      throw new IllegalArgumentException("an upload budget has " + LEAST_BYTES + " bytes at least");
    }
    units = new Semaphore(Math.toIntExact(bytes / UNIT), true);
  }

  /**
   * What a number of bytes counts for: whole units, so that nothing is lost between taking and
   * giving.
   */
  static long rounded(long bytes) {
    return (bytes + UNIT - 1) / UNIT * UNIT;
  }

  boolean tryTake(long rounded) {
    return units.tryAcquire(units(rounded));
  }

  /** Waits; only for those who hold nothing. */
  void take(long rounded) throws InterruptedException {
    units.acquire(units(rounded));
  }

  void give(long rounded) {
    units.release(units(rounded));
  }

  private static int units(long rounded) {
    return Math.toIntExact(rounded / UNIT);
  }
}
