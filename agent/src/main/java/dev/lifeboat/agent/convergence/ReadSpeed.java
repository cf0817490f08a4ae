package dev.lifeboat.agent.convergence;

import java.util.function.LongSupplier;

/** Bytes per second over windows of two seconds, to say how long the rest takes. */
final class ReadSpeed {
  private static final double SECOND = 1_000_000_000.0;
  private static final double WINDOW = 2 * SECOND;

  private final LongSupplier nanos;
  private long since;
  private long bytes;
  private double perSecond;

  ReadSpeed(LongSupplier nanos) {
    this.nanos = nanos;
    this.since = nanos.getAsLong();
  }

  void read(long length) {
    bytes += length;
    long now = nanos.getAsLong();
    if (now - since >= WINDOW) {
      perSecond = bytes * SECOND / (now - since);
      since = now;
      bytes = 0;
    }
  }

  long secondsFor(long left) {
    if (left == 0) {
      return 0;
    }
    return perSecond > 0 ? (long) Math.ceil(left / perSecond) : -1;
  }
}
