package dev.lifeboat.replicator.processserver.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class ByteBudgetTest {
  private static final long HIGH = 1000;

  private final ByteBudget budget = new ByteBudget(HIGH);
  private final AtomicInteger told = new AtomicInteger();
  private final Runnable relief = told::incrementAndGet;

  private void askOften() {
    budget.take(HIGH);
    for (int i = 0; i < 1000; i++) {
      assertThat(budget.exhausted(relief)).isTrue();
    }
  }

  @Test
  void tellsOnce_howeverOftenItWasAsked() {
    askOften();
    assertThat(told).hasValue(0);
    budget.give(HIGH);
    assertThat(told).hasValue(1);
    assertThat(budget.exhausted(relief)).isFalse();
  }

  @Test
  void tellsNobodyWhoHasGone() {
    askOften();
    budget.forget(relief);
    budget.give(HIGH);
    assertThat(told).hasValue(0);
  }
}
