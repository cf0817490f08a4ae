package dev.lifeboat.agent.convergence;

import java.util.function.LongSupplier;

/**
 * A bucket of bytes that fills at a constant rate, a tenth of a second deep. What was taken beyond
 * it is paid back first. Not thread-safe.
 */
public final class RateLimit {
  private static final long SECOND = 1_000_000_000L;

  private final LongSupplier nanos;
  private final double bytesPerNano;
  private final double depth;
  private double level;
  private long last;

  /**
   * @param bytesPerSecond the rate; 0 for none
   * @param nanos a clock that never runs backwards
   */
  public RateLimit(long bytesPerSecond, LongSupplier nanos) {
    this.nanos = nanos;
    this.bytesPerNano = (double) bytesPerSecond / SECOND;
    this.depth = bytesPerSecond / 10.0;
    this.level = depth;
    this.last = nanos.getAsLong();
  }

  /** Whether something may be taken now. */
  public boolean open() {
    if (bytesPerNano == 0) {
      return true;
    }
    long now = nanos.getAsLong();
    level = Math.min(depth, level + (now - last) * bytesPerNano);
    last = now;
    return level > 0;
  }

  /** Takes bytes, also more than there are. */
  public void take(long bytes) {
    if (bytesPerNano > 0) {
      level -= bytes;
    }
  }
}
