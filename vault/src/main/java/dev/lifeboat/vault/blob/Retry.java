package dev.lifeboat.vault.blob;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How often and how patiently a call is tried again: delays double from the first to the longest,
 * each shortened at random by up to a half, so that many callers do not come back together.
 */
public record Retry(int tries, Duration firstDelay, Duration longestDelay) {

  /** Waits; a seam for tests. */
  @FunctionalInterface
  public interface Pause {
    void of(Duration time) throws InterruptedException;
  }

  public Retry {
    if (tries < 1 || firstDelay.isNegative() || longestDelay.compareTo(firstDelay) < 0) {
      throw new IllegalArgumentException("a retry needs one try at least and delays that grow");
    }
  }

  /** About a minute in all: enough for a service that restarts or throttles. */
  public static Retry standard() {
    return new Retry(8, Duration.ofMillis(250), Duration.ofSeconds(20));
  }

  Duration delayBehind(int failures) {
    long delay = firstDelay.toMillis() << Math.min(failures - 1, 20);
    long bounded = Math.min(delay, longestDelay.toMillis());
    return Duration.ofMillis(
        bounded - (bounded > 1 ? ThreadLocalRandom.current().nextLong(bounded / 2) : 0));
  }
}
