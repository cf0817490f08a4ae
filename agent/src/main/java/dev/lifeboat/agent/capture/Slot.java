package dev.lifeboat.agent.capture;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/**
 * One disk's entry in the directory that outlives the agent: who has the slot, and which granules
 * are its own.
 */
final class Slot {
  /** Bytes of an entry. */
  static final int BYTES = 64;

  static final int FREE = 0;
  static final int USED = 1;

  /** No longer captured; records of it may still be in the ring. */
  static final int LEAVING = 2;

  private static final int KEY = 0;
  private static final int BASE = 8;
  private static final int GRANULES = 16;
  private static final int LEFT_AT = 24;
  private static final int DISK = 32;
  private static final int STATE = 36;
  private static final int GENERATION = 40;
  private static final int SETTLED = 44;
  private static final int SIZE = 48;
  private static final int WIDE = 56;
  private static final int MISSED = 60;

  private final MemorySegment memory;
  private final int number;
  private volatile long completeBefore = Long.MIN_VALUE;

  Slot(MemorySegment directory, int number) {
    memory = directory.asSlice((long) number * BYTES, BYTES);
    this.number = number;
  }

  /** Gives the slot to a disk; it is not used before {@link #state} says so. */
  void assign(int disk, BlockDevice device, long base) {
    memory.set(JAVA_LONG, KEY, device.key());
    memory.set(JAVA_LONG, BASE, base);
    memory.set(JAVA_LONG, GRANULES, granules(device.size()));
    memory.set(JAVA_LONG, SIZE, device.size());
    memory.set(JAVA_INT, DISK, disk);
    memory.set(JAVA_INT, GENERATION, 0);
    settled(false);
    wide(0);
    missed(0);
  }

  static long granules(long size) {
    return (size + ChangeMap.GRANULE - 1) / ChangeMap.GRANULE;
  }

  int number() {
    return number;
  }

  int state() {
    return (int) JAVA_INT.varHandle().getVolatile(memory, (long) STATE);
  }

  void state(int state) {
    JAVA_INT.varHandle().setVolatile(memory, (long) STATE, state);
  }

  long key() {
    return memory.get(JAVA_LONG, KEY);
  }

  long base() {
    return memory.get(JAVA_LONG, BASE);
  }

  long granules() {
    return memory.get(JAVA_LONG, GRANULES);
  }

  long size() {
    return memory.get(JAVA_LONG, SIZE);
  }

  int disk() {
    return memory.get(JAVA_INT, DISK);
  }

  /** Where the producer stood when the disk left. */
  long leftAt() {
    return memory.get(JAVA_LONG, LEFT_AT);
  }

  void leftAt(long producer) {
    memory.set(JAVA_LONG, LEFT_AT, producer);
  }

  /** Which of the two generations is being filled. */
  int generation() {
    return memory.get(JAVA_INT, GENERATION) & 1;
  }

  void generation(int generation) {
    JAVA_INT.varHandle().setVolatile(memory, (long) GENERATION, generation);
  }

  /** Whether the counters of what is in flight hold. */
  boolean settled() {
    return (int) JAVA_INT.varHandle().getVolatile(memory, (long) SETTLED) != 0;
  }

  void settled(boolean settled) {
    JAVA_INT.varHandle().setVolatile(memory, (long) SETTLED, settled ? 1 : 0);
  }

  /** Writes that were too wide to be counted when the counters were doubted last. */
  int wide() {
    return (int) JAVA_INT.varHandle().getVolatile(memory, (long) WIDE);
  }

  void wide(int wide) {
    JAVA_INT.varHandle().setVolatile(memory, (long) WIDE, wide);
  }

  /** Program runs that the kernel had skipped when the counters were doubted last. */
  int missed() {
    return memory.get(JAVA_INT, MISSED);
  }

  void missed(int missed) {
    memory.set(JAVA_INT, MISSED, missed);
  }

  /**
   * Every write that was issued before this instant of {@link System#nanoTime} is complete, as far
   * as this process saw.
   */
  long completeBefore() {
    return completeBefore;
  }

  /** Only ever later; one thread. */
  void completeBefore(long nanos) {
    completeBefore = Math.max(completeBefore, nanos);
  }
}
