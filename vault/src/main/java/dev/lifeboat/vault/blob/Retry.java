package dev.lifeboat.vault.blob;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How often and how patiently a call is tried again: delays double from the first to the longest,
 * each shortened at random by up to a half, so that many callers do not come back together.
 */
public record Retry(int tries, Duration firstDelay, Duration longestDelay) {

  private static final Logger LOG = LoggerFactory.getLogger(Retry.class);

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

  /** A call that is tried again when it fails for a while. */
  @FunctionalInterface
  interface Call<T> {
    T run() throws IOException;
  }

  <T> T call(Pause pause, String what, Call<T> call) throws IOException {
    for (int failures = 1; ; failures++) {
      try {
        return call.run();
      } catch (BlobException e) {
        if (!e.reason().worthRetrying() || failures >= tries) {
          throw e;
        }
        LOG.debug("try {} of {} failed: {}", failures, what, e.getMessage());
      }
      try {
        pause.of(delayBehind(failures));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        InterruptedIOException interrupted =
            new InterruptedIOException("interrupted while waiting to try again: " + what);
        interrupted.initCause(e);
        throw interrupted;
      }
    }
  }

  private Duration delayBehind(int failures) {
    long delay = firstDelay.toMillis() << Math.min(failures - 1, 20);
    long bounded = Math.min(delay, longestDelay.toMillis());
    return Duration.ofMillis(
        bounded - (bounded > 1 ? ThreadLocalRandom.current().nextLong(bounded / 2) : 0));
  }
}
