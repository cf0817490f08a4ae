package dev.lifeboat.agent.convergence;

import java.util.List;

/**
 * How far the machine is from being equal.
 *
 * @param consistent whether marks that are taken now are points
 * @param reason why not; empty if consistent
 * @param bytesLeft what is left to read, over all disks
 * @param secondsLeft at the rate of the last seconds; -1 if unknown
 * @param disks each disk
 */
public record Progress(
    boolean consistent, String reason, long bytesLeft, long secondsLeft, List<Disk> disks) {

  /**
   * One disk.
   *
   * @param member whether points are about it
   * @param equal whether nothing of it is left to read
   * @param reason why not
   */
  public record Disk(
      int id,
      String device,
      String identity,
      long size,
      int sectorSize,
      boolean member,
      boolean equal,
      String reason,
      long bytesLeft) {}

  public Progress {
    disks = List.copyOf(disks);
  }
}
