package dev.lifeboat.replicator.processserver.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;

final class MarkClockTest {
  private static final UUID BOOT = new UUID(1, 1);
  private static final UUID LINEAGE = new UUID(2, 2);
  private static final long MILLI = 1_000_000;

  private final MarkClock clock = new MarkClock();

  @Test
  void usesTheOffsetOfTheShortestRoundTrip() {
    clock.observe(BOOT, 500 * MILLI, 800 * MILLI, 10_000);
    clock.observe(BOOT, 1_000 * MILLI, 2 * MILLI, 11_001);
    clock.observe(BOOT, 2_000 * MILLI, 900 * MILLI, 13_000);
    assertThat(clock.timeOf(LINEAGE, BOOT, 5_000 * MILLI, 20_000)).isEqualTo(15_000);
  }

  @Test
  void takesTheMomentOfArrival_whenNothingIsKnown() {
    assertThat(clock.timeOf(LINEAGE, BOOT, 5, 777)).isEqualTo(777);
  }

  @Test
  void neverRunsBackwards_withinALineage() {
    assertThat(clock.timeOf(LINEAGE, BOOT, 5_000 * MILLI, 20_000)).isEqualTo(20_000);
    clock.observe(BOOT, 5_000 * MILLI, 0, 15_000);
    assertThat(clock.timeOf(LINEAGE, BOOT, 5_001 * MILLI, 21_000)).isEqualTo(20_000);
    assertThat(clock.timeOf(new UUID(3, 3), BOOT, 5_001 * MILLI, 21_000)).isEqualTo(15_001);
  }

  @Test
  void isNeverInTheFuture() {
    clock.observe(BOOT, 0, 0, 10_000);
    assertThat(clock.timeOf(LINEAGE, BOOT, 9_000 * MILLI, 12_000)).isEqualTo(12_000);
  }

  @Test
  void forgetsTheOffset_whenTheMachineBooted() {
    clock.observe(BOOT, 1_000 * MILLI, 0, 10_000);
    assertThat(clock.timeOf(LINEAGE, new UUID(9, 9), 1_000 * MILLI, 50_000)).isEqualTo(50_000);
  }

  @Test
  void goesOnFromTheCache_afterARestart() {
    clock.recall(LINEAGE, BOOT, 1_000 * MILLI, 10_000);
    assertThat(clock.timeOf(LINEAGE, BOOT, 3_000 * MILLI, 99_000)).isEqualTo(12_000);
    clock.observe(BOOT, 4_000 * MILLI, 10, 13_500);
    assertThat(clock.timeOf(LINEAGE, BOOT, 5_000 * MILLI, 99_000)).isEqualTo(14_500);
  }
}
