package dev.lifeboat.agent.capture;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/** What is to be known of a running capture beside its disks; outlives the agent. */
final class Header {
  private static final int PAGE_BASE = 0;
  private static final int POSITION_BASE = 8;
  private static final int VIOLATIONS = 16;
  private static final int CHECKPOINTS = 64;

  private final MemorySegment memory;

  Header(MemorySegment memory) {
    this.memory = memory;
  }

  void begin(long pageBase, long positionBase) {
    memory.set(JAVA_LONG, PAGE_BASE, pageBase);
    memory.set(JAVA_LONG, POSITION_BASE, positionBase);
  }

  long pageBase() {
    return memory.get(JAVA_LONG, PAGE_BASE);
  }

  long positionBase() {
    return memory.get(JAVA_LONG, POSITION_BASE);
  }

  /** How often accounting did not add up. */
  long violations() {
    return (long) JAVA_LONG.varHandle().getVolatile(memory, (long) VIOLATIONS);
  }

  void violation() {
    long ignored = (long) JAVA_LONG.varHandle().getAndAdd(memory, (long) VIOLATIONS, 1L);
  }

  CheckpointStore checkpoints() {
    return new CheckpointStore(memory.asSlice(CHECKPOINTS, CheckpointStore.BYTES));
  }
}
