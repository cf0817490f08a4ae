package dev.lifeboat.replicator.processserver.log;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.Optional;
import java.util.UUID;

/**
 * Turns a machine's CLOCK_BOOTTIME into time. Each answered PING gives an offset, the one with the
 * shortest way there and back is the truest; old ones are dropped, for clocks drift. The time of
 * marks never runs backwards within a lineage and is never in the future. Thread-safe.
 */
public final class MarkClock {
  private static final int SAMPLES = 64;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private record Sample(long offsetMillis, long roundTripNanos) {}

  private final Deque<Sample> samples = new ArrayDeque<>();
  private Optional<UUID> boot = Optional.empty();
  private UUID lineage = Tip.NONE.lineage();
  private long last = Long.MIN_VALUE;

  /** A PONG came: the machine's clock stood at {@code bootNanos} about half the round trip ago. */
  public synchronized void observe(
      UUID bootId, long bootNanos, long roundTripNanos, long nowMillis) {
    ofBoot(bootId);
    long then = nowMillis - roundTripNanos / 2 / NANOS_PER_MILLI;
    samples.addLast(new Sample(then - bootNanos / NANOS_PER_MILLI, roundTripNanos));
    if (samples.size() > SAMPLES) {
      samples.removeFirst();
    }
  }

  /** A mark from the cache of a process before this one, with the time it was given. */
  public synchronized void recall(UUID markLineage, UUID bootId, long bootNanos, long unixMillis) {
    samples.clear();
    boot = Optional.of(bootId);
    samples.addLast(new Sample(unixMillis - bootNanos / NANOS_PER_MILLI, Long.MAX_VALUE));
    floor(markLineage, unixMillis);
  }

  /** The last mark of a lineage stands for this time: none of its marks is earlier from now on. */
  public synchronized void floor(UUID markLineage, long unixMillis) {
    last = markLineage.equals(lineage) ? Math.max(last, unixMillis) : unixMillis;
    lineage = markLineage;
  }

  /** The time of a mark that has just arrived. */
  public synchronized long timeOf(UUID markLineage, UUID bootId, long bootNanos, long nowMillis) {
    ofBoot(bootId);
    if (!markLineage.equals(lineage)) {
      lineage = markLineage;
      last = Long.MIN_VALUE;
    }
    long time =
        samples.stream()
            .min(Comparator.comparingLong(Sample::roundTripNanos))
            .map(best -> Math.min(nowMillis, best.offsetMillis() + bootNanos / NANOS_PER_MILLI))
            .orElse(nowMillis);
    last = Math.max(last, time);
    return last;
  }

  private void ofBoot(UUID bootId) {
    if (!boot.equals(Optional.of(bootId))) {
      boot = Optional.of(bootId);
      samples.clear();
    }
  }
}
