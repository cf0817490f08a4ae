package dev.lifeboat.operator.recovery;

import java.time.Instant;
import java.util.Map;

/**
 * A recovery point that a run uses.
 *
 * @param id lineage/epoch/sequence
 * @param disks bytes of each disk, by its id
 */
public record ChosenPoint(String id, Instant time, Map<Integer, Long> disks) {
  public ChosenPoint {
    disks = Map.copyOf(disks);
  }
}
