package dev.lifeboat.agent.capture;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.lifeboat.agent.capture.KernelObjects.Part;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Watches one disk: settles the counters of what is in flight, and checks that the kernel completed
 * no more bytes than were captured. One thread.
 *
 * <p>Writes under way when capture began are not in the counters, but their completions are. So the
 * counters hold only from an instant on at which nothing was under way, or after so long a time
 * that all of those are done. What is below zero then is wrong and taken out. What is above zero is
 * taken out only when the disk was quiet for as long: a write may be queued of which the kernel's
 * own counters do not know yet, as on a disk that sleeps.
 */
final class DiskWatch {
  /** After so long without a quiet instant the counters are taken as they are. */
  static final long LONGEST_WAIT_NANOS = 60_000_000_000L;

  private static final long LEAST_WAIT_NANOS = 1_000_000_000L;
  private static final long BETWEEN_LOOKS_NANOS = 100_000_000L;

  /** What may be under way, and is not counted, where a disk is never quiet. */
  private static final long BUSY_SLACK = 256L << 20;

  private record Look(long time, long captured, long completed) {
    boolean sameAs(Look other) {
      return captured == other.captured && completed == other.completed;
    }
  }

  private final Slot slot;
  private final Path sysfs;
  private final MemorySegment counters;
  private final MemorySegment flight;
  private final LongSupplier clock;
  private long unsettledAt;
  private long settledWide;
  private final AtomicLong corrections = new AtomicLong();
  private Look quiet;

  DiskWatch(Slot slot, Path sysfs, SharedMemory memories, LongSupplier clock) {
    this.slot = slot;
    this.sysfs = sysfs;
    this.clock = clock;
    long place = (long) slot.number() << Abi.DISK_SHIFT;
    counters = memories.of(Part.PER_DISK).asSlice(place, 1 << Abi.DISK_SHIFT);
    long units = (long) Integer.BYTES << Abi.UNITS_SHIFT;
    flight = memories.of(Part.FLIGHT).asSlice(slot.number() * units, units);
    unsettledAt = clock.getAsLong();
    settledWide = counter(Abi.D_WIDE);
  }

  boolean settled() {
    return slot.settled();
  }

  private long counter(int offset) {
    return (long) JAVA_LONG.varHandle().getVolatile(counters, (long) offset);
  }

  /** The counters cannot be trusted: program runs were skipped. */
  void unsettle() {
    slot.settled(false);
    unsettledAt = clock.getAsLong();
    quiet = null;
  }

  /**
   * Looks once.
   *
   * @return false where more bytes were completed than captured
   */
  boolean look() throws IOException {
    if (slot.settled() && counter(Abi.D_WIDE) != settledWide) {
      unsettle();
    }
    boolean complete = adds();
    int[] remainders = remainders();
    // What was captured before what was completed: what happens between errs to the safe side.
    Look look = look(clock.getAsLong());
    DiskStatistics statistics = DiskStatistics.read(sysfs);
    if (isQuiet(look, statistics.inFlight())) {
      boolean trusted = slot.settled();
      int wrong = correct(remainders, look.time - quiet.time < LONGEST_WAIT_NANOS);
      if (trusted) {
        corrections.addAndGet(wrong);
      }
      settle();
      baseline(look.captured - underWay(remainders), completed(statistics));
    } else {
      // Never right, and in the way: a place that is written all the time shows it between writes.
      int wrong = correct(remainders, true);
      if (slot.settled()) {
        corrections.addAndGet(wrong);
      } else if (look.time - unsettledAt >= LONGEST_WAIT_NANOS) {
        settle();
      }
    }
    if (slot.settled() && !hasBaseline()) {
      baseline(look.captured - BUSY_SLACK, completed(statistics));
    }
    return complete;
  }

  private Look look(long time) {
    return new Look(time, captured(), counter(Abi.D_COMPLETED));
  }

  /** Bytes that were queued, of which the kernel may not know yet. */
  private long underWay(int[] remainders) {
    long sectors = 0;
    for (int remainder : remainders) {
      sectors += Math.max(0, remainder);
    }
    return sectors * 512 + Math.max(0, counter(Abi.D_ZEROES_IN_FLIGHT));
  }

  private void settle() {
    if (!slot.settled()) {
      settledWide = counter(Abi.D_WIDE);
      slot.settled(true);
    }
  }

  /** Nothing under way, and nothing came or went since an earlier look at which it was so too. */
  private boolean isQuiet(Look look, long inFlight) {
    if (inFlight != 0) {
      quiet = null;
      return false;
    }
    if (!look.sameAs(look(look.time))) {
      quiet = null; // something ended just before the kernel was asked
      return false;
    }
    if (quiet == null || !quiet.sameAs(look)) {
      quiet = look;
      return false;
    }
    return look.time - quiet.time >= BETWEEN_LOOKS_NANOS
        && look.time - unsettledAt >= LEAST_WAIT_NANOS;
  }

  /** Bytes of our own journal that were recognised. */
  long own() {
    return counter(Abi.D_SELF);
  }

  private int[] remainders() {
    return flight.toArray(JAVA_INT);
  }

  /** Takes off what was seen before the quiet instant; what comes meanwhile stays counted. */
  private int correct(int[] remainders, boolean negativeOnly) {
    int wrong = 0;
    for (int i = 0; i < remainders.length; i++) {
      if (remainders[i] != 0 && (!negativeOnly || remainders[i] < 0)) {
        int ignored = (int) JAVA_INT.varHandle().getAndAdd(flight, 4L * i, -remainders[i]);
        wrong++;
      }
    }
    long zeroes = counter(Abi.D_ZEROES_IN_FLIGHT);
    if (zeroes != 0 && (!negativeOnly || zeroes < 0)) {
      long ignored =
          (long) JAVA_LONG.varHandle().getAndAdd(counters, (long) Abi.D_ZEROES_IN_FLIGHT, -zeroes);
      wrong++;
    }
    return wrong;
  }

  /** Counters that were wrong although settled, and those that are not 0 now: 0 at rest. */
  long errors() {
    long now = counter(Abi.D_ZEROES_IN_FLIGHT) == 0 ? 0 : 1;
    for (int remainder : remainders()) {
      now += remainder == 0 ? 0 : 1;
    }
    return corrections.get() + now;
  }

  /** Bytes that were queued since the disk is captured. */
  long captured() {
    return counter(Abi.D_WRITTEN) + counter(Abi.D_DISCARDED);
  }

  /** Completed since the baseline is no more than captured since. */
  private boolean adds() throws IOException {
    if (!slot.settled()) {
      set(Abi.D_BASELINE, 0);
    }
    if (!hasBaseline()) {
      return true;
    }
    long completed = completed(DiskStatistics.read(sysfs)) - counter(Abi.D_BASE_COMPLETED);
    if (completed <= captured() - counter(Abi.D_BASE_CAPTURED)) {
      return true;
    }
    set(Abi.D_BASELINE, 0);
    return false;
  }

  private boolean hasBaseline() {
    return counter(Abi.D_BASELINE) != 0;
  }

  /** It outlives the agent, so that what happens while none runs is checked too. */
  private void baseline(long captured, long completed) {
    set(Abi.D_BASELINE, 0);
    set(Abi.D_BASE_CAPTURED, captured);
    set(Abi.D_BASE_COMPLETED, completed);
    set(Abi.D_BASELINE, 1);
  }

  private void set(int offset, long value) {
    JAVA_LONG.varHandle().setVolatile(counters, (long) offset, value);
  }

  private static long completed(DiskStatistics statistics) {
    return statistics.written() + statistics.discarded();
  }
}
