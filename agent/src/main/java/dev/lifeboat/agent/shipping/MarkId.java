package dev.lifeboat.agent.shipping;

import java.util.UUID;

/** A mark's name in the vault: what a recovery point is called by. */
public record MarkId(UUID lineage, long epoch, long sequence) {
  @Override
  public String toString() {
    return lineage + "/" + epoch + "/" + sequence;
  }
}
