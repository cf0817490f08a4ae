package dev.lifeboat.agent.capture;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.lifeboat.agent.capture.KernelObjects.Part;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Watches one disk: settles the counters of what is in flight, heals them, and checks that the
 * kernel completed no more bytes than were captured. One thread.
 *
 * <p>Writes under way when capture began are not in the counters, but their completions are. So the
 * counters hold only from an instant on at which nothing was under way, or after so long a time
 * that all of those are done. What is below zero is wrong and taken out. What is above zero may be
 * a write that waits for its turn, of which the kernel's own counters do not know yet; it is taken
 * out when the disk was quiet for as long, or when it is proved that nothing is under way: from a
 * quiet instant on, the kernel completed to the byte what was captured.
 */
final class DiskWatch {
  /** No write waits longer for its request where nothing limits writes. */
  static final long LONGEST_WAIT_NANOS = 60_000_000_000L;

  /**
   * Nor does it wait longer for its thread's turn, where the disk had nothing under way again and
   * again: nothing else keeps a write from its request there.
   */
  static final long LONGEST_TURN_NANOS = 10_000_000_000L;

  /** Again and again: at so many looks since the counters were in doubt. */
  static final int IDLE_LOOKS = 20;

  /** No write is under way or held back for longer. */
  static final long LONGEST_WRITE_NANOS = 600_000_000_000L;

  private static final long LEAST_WAIT_NANOS = 1_000_000_000L;
  private static final long BETWEEN_LOOKS_NANOS = 100_000_000L;

  /** What may be under way, and is not counted, where a disk is never quiet. */
  private static final long BUSY_SLACK = 256L << 20;

  // What the baseline is.
  private static final long NONE = 0;
  private static final long BOUND = 1;
  private static final long EXACT = 2;

  /** What the programs counted. */
  private record Look(long time, long captured, long completed) {
    boolean sameAs(Look other) {
      return captured == other.captured && completed == other.completed;
    }
  }

  private final Slot slot;
  private final Path sysfs;
  private final MemorySegment counters;
  private final MemorySegment flight;
  private final BooleanSupplier limits;
  private final LongSupplier clock;
  private final AtomicLong corrections = new AtomicLong();
  private long unsettledAt;
  private int idleLooks;
  private Look quiet;

  /**
   * @param limits whether writes to the disk may be held back
   */
  DiskWatch(
      Slot slot, Path sysfs, SharedMemory memories, BooleanSupplier limits, LongSupplier clock) {
    this.slot = slot;
    this.sysfs = sysfs;
    this.limits = limits;
    this.clock = clock;
    long place = (long) slot.number() << Abi.DISK_SHIFT;
    counters = memories.of(Part.PER_DISK).asSlice(place, 1 << Abi.DISK_SHIFT);
    long units = (long) Integer.BYTES << Abi.UNITS_SHIFT;
    flight = memories.of(Part.FLIGHT).asSlice(slot.number() * units, units);
    unsettledAt = clock.getAsLong();
  }

  boolean settled() {
    return slot.settled();
  }

  private long counter(int offset) {
    return (long) JAVA_LONG.varHandle().getVolatile(counters, (long) offset);
  }

  /** The counters cannot be trusted from now on: writes were not counted, or may not have been. */
  private void unsettle() {
    slot.settled(false);
    unsettledAt = clock.getAsLong();
    idleLooks = 0;
    quiet = null;
  }

  /** Program runs that the kernel skipped so far, and writes too wide to be counted. */
  private void doubt(long missed) {
    int wide = (int) counter(Abi.D_WIDE);
    if ((int) missed != slot.missed() || wide != slot.wide()) {
      unsettle();
      slot.missed((int) missed);
      slot.wide(wide);
    }
  }

  /**
   * Looks once.
   *
   * @param missed program runs that the kernel skipped so far
   * @return false where more bytes were completed than captured
   */
  boolean look(long missed) throws IOException {
    doubt(missed);
    boolean complete = adds();
    // The programs' counters before the kernel's: what happens between errs to the safe side.
    Look look = seen(clock.getAsLong());
    DiskStatistics statistics = DiskStatistics.read(sysfs);
    int[] remainders = remainders();
    boolean still = look.sameAs(seen(look.time)); // or something ended just before it was asked for
    boolean done = still && nothingIsUnderWay(look, statistics);
    boolean atRest = still && isQuiet(look, statistics.inFlight());
    boolean idle = still && statistics.inFlight() == 0;
    idleLooks += idle ? 1 : 0;
    long longest = limits.getAsBoolean() ? LONGEST_WRITE_NANOS : LONGEST_WAIT_NANOS;
    boolean all = done || (atRest && look.time - quiet.time >= longest);
    int wrong = correct(remainders, !all);
    corrections.addAndGet(slot.settled() ? wrong : 0);
    if (atRest) {
      slot.settled(true);
      baseline(EXACT, look.captured - (done ? 0 : underWay(remainders)), completed(statistics));
    } else if (look.time - unsettledAt >= settledAfter(idle, longest)) {
      slot.settled(true);
    }
    slot.completeBefore(look.time - completeAfter(done, statistics.inFlight(), longest));
    boundFromNowOn(look, statistics, still && isZero(remainders));
    return complete;
  }

  /** So long after the doubt a disk that is never quiet has done what was not counted. */
  private long settledAfter(boolean idle, long longest) {
    boolean turns = longest == LONGEST_WAIT_NANOS && idle && idleLooks >= IDLE_LOOKS;
    return turns ? LONGEST_TURN_NANOS : longest;
  }

  /** A write that was issued so long before a look was complete at it. */
  private static long completeAfter(boolean done, long inFlight, long longest) {
    if (done) {
      return 0;
    }
    return inFlight == 0 ? longest : LONGEST_WRITE_NANOS;
  }

  /** The kernel completed to the byte what was captured: what is counted still is of nothing. */
  private boolean nothingIsUnderWay(Look look, DiskStatistics statistics) {
    return counter(Abi.D_BASELINE) == EXACT
        && statistics.inFlight() == 0
        && completed(statistics) - counter(Abi.D_BASE_COMPLETED)
            == look.captured - counter(Abi.D_BASE_CAPTURED);
  }

  /** A disk that is never quiet for long needs a baseline too. */
  private void boundFromNowOn(Look look, DiskStatistics statistics, boolean zero) {
    if (slot.settled() && counter(Abi.D_BASELINE) != EXACT) {
      if (zero && statistics.inFlight() == 0) {
        baseline(EXACT, look.captured, completed(statistics));
      } else if (!hasBaseline()) {
        baseline(BOUND, look.captured - BUSY_SLACK, completed(statistics));
      }
    }
  }

  private boolean isZero(int[] remainders) {
    return counter(Abi.D_ZEROES_IN_FLIGHT) == 0 && Arrays.stream(remainders).allMatch(r -> r == 0);
  }

  private Look seen(long time) {
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

  /** Nothing under way, and nothing came or went since an earlier look at which it was so too. */
  private boolean isQuiet(Look look, long inFlight) {
    if (inFlight != 0) {
      quiet = null;
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

  /** Takes off what was seen; what comes meanwhile stays counted. */
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

  /** Bytes that were queued to be written, less those of which a program saw the end. */
  long unended() {
    return counter(Abi.D_WRITTEN) - counter(Abi.D_COMPLETED);
  }

  /** Bytes that were queued since the disk is captured. */
  long captured() {
    return counter(Abi.D_WRITTEN) + counter(Abi.D_DISCARDED);
  }

  /** Completed since the baseline is no more than captured since. */
  private boolean adds() throws IOException {
    if (!slot.settled()) {
      set(Abi.D_BASELINE, NONE);
    }
    if (!hasBaseline()) {
      return true;
    }
    long completed = completed(DiskStatistics.read(sysfs)) - counter(Abi.D_BASE_COMPLETED);
    if (completed <= captured() - counter(Abi.D_BASE_CAPTURED)) {
      return true;
    }
    set(Abi.D_BASELINE, NONE);
    return false;
  }

  private boolean hasBaseline() {
    return counter(Abi.D_BASELINE) != NONE;
  }

  /** It outlives the agent, so that what happens while none runs is checked too. */
  private void baseline(long kind, long captured, long completed) {
    set(Abi.D_BASELINE, NONE);
    set(Abi.D_BASE_CAPTURED, captured);
    set(Abi.D_BASE_COMPLETED, completed);
    set(Abi.D_BASELINE, kind);
  }

  private void set(int offset, long value) {
    JAVA_LONG.varHandle().setVolatile(counters, (long) offset, value);
  }

  private static long completed(DiskStatistics statistics) {
    return statistics.written() + statistics.discarded();
  }
}
