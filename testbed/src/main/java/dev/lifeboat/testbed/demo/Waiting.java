package dev.lifeboat.testbed.demo;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Waits for what others do, and says at the end what was seen last. */
final class Waiting {

  /** A look at something: empty when it is as it should be, else what it is like. */
  @FunctionalInterface
  interface Look {
    Optional<String> missing() throws IOException;
  }

  private Waiting() {}

  /** Looks every second until nothing is missing, and tells what is. */
  static void until(String what, Duration longest, Timeline timeline, Look look)
      throws IOException {
    long end = System.nanoTime() + longest.toNanos();
    for (Optional<String> missing = look.missing(); missing.isPresent(); missing = look.missing()) {
      timeline.say(missing.get());
      if (System.nanoTime() > end) {
        throw new IOException(
            "%s: not within %d min; last seen: %s"
                .formatted(what, longest.toMinutes(), missing.get()));
      }
      aMoment();
    }
  }

  static void aMoment() throws IOException {
    try {
      TimeUnit.SECONDS.sleep(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting");
    }
  }
}
