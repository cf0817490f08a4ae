package dev.lifeboat.agent.capture;

/**
 * Counters of what capture could not keep; none ever falls. Ranges are known for the first two
 * (they are in the {@link ChangeMap}), not for the others: those cost whole disks.
 *
 * @param overflows writes that found the ring full
 * @param deferred writes too large to copy
 * @param failed writes that the disk refused or that could not be read from memory
 * @param missed program runs that the kernel skipped
 * @param unknown operations that are not understood, and bytes that accounting does not explain
 */
public record Losses(long overflows, long deferred, long failed, long missed, long unknown) {

  /** Everything, for a comparison of two readings. */
  public long total() {
    return overflows + deferred + failed + missed + unknown;
  }

  /** Losses whose ranges nobody knows. */
  public long withoutRange() {
    return missed + unknown;
  }
}
