package dev.lifeboat.agent.kernel;

/** The kernel's helper functions that our programs call. */
public enum Helper {
  /** (map, key) -> value or null. */
  MAP_LOOKUP(1),
  /** () -> CPU. */
  PROCESSOR(8),
  /** (context, program array, index): does not come back where it works. */
  TAIL_CALL(12),
  /** () -> process in the high half, thread in the low one. */
  PID_TGID(14),
  /** (target, size, address) -> 0 or an error. */
  PROBE_READ_KERNEL(113),
  /** (ring, constant size, 0) -> record or null. */
  RING_RESERVE(131),
  /** (record, flags). */
  RING_SUBMIT(132);

  private final int number;

  Helper(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }
}
