package dev.lifeboat.agent.shipping;

import dev.lifeboat.wire.frame.Chain;
import java.util.UUID;

/** A lineage that the test can put back to an earlier one, as a restored snapshot does. */
final class FakeLineage implements LineageKeeper {
  private final UUID machine = new UUID(7, 7);
  private UUID lineage = UUID.randomUUID();
  private UUID bootId;
  private long boot = 1;

  FakeLineage(UUID bootId) {
    this.bootId = bootId;
  }

  void set(UUID newLineage, long newBoot, UUID newBootId) {
    lineage = newLineage;
    boot = newBoot;
    bootId = newBootId;
  }

  long boot() {
    return boot;
  }

  @Override
  public UUID machine() {
    return machine;
  }

  @Override
  public UUID lineage() {
    return lineage;
  }

  @Override
  public long base() {
    return boot << 48;
  }

  @Override
  public Chain chain() {
    return Chain.ofBoot(lineage, bootId);
  }

  @Override
  public void renew() {
    lineage = UUID.randomUUID();
  }
}
