package dev.lifeboat.agent.hardware;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;

/** A machine whose clock and boot the test sets. */
public final class FakeMachine implements Machine {
  private final LongSupplier clock;
  private UUID bootId;

  public FakeMachine(UUID bootId, LongSupplier clock) {
    this.bootId = bootId;
    this.clock = clock;
  }

  public void reboot(UUID next) {
    bootId = next;
  }

  @Override
  public Optional<String> productUuid() {
    return Optional.empty();
  }

  @Override
  public Optional<String> boardSerial() {
    return Optional.empty();
  }

  @Override
  public Optional<String> chassisSerial() {
    return Optional.empty();
  }

  @Override
  public List<String> diskSerials() {
    return List.of();
  }

  @Override
  public UUID bootId() {
    return bootId;
  }

  @Override
  public long bootNanos() {
    return clock.getAsLong();
  }

  @Override
  public long wallMillis() {
    return 0;
  }
}
