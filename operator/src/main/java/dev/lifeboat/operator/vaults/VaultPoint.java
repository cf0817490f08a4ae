package dev.lifeboat.operator.vaults;

import java.time.Instant;
import java.util.Map;

/**
 * A recovery point in the vault.
 *
 * @param id lineage/epoch/sequence
 * @param disks bytes of each disk, by its id
 */
public record VaultPoint(String id, Instant time, String label, Map<Integer, Long> disks) {
  public VaultPoint {
    disks = Map.copyOf(disks);
  }
}
