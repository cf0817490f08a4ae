package dev.lifeboat.agent;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * How the program ends: asked to by SIGTERM or SIGINT, or because its work failed. The JVM lets a
 * signal's hooks run and then ends with an exit code of its own (143), so the hook waits until the
 * work has ended and ends the JVM with the code that it ended with. Thread-safe.
 */
final class Ending {
  private static final long PATIENCE_SECONDS = 20;

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch done = new CountDownLatch(1);
  private volatile boolean failed;
  private volatile int exitCode;

  /** From now on a signal ends the work first, and the JVM by {@link #exit} only. */
  void onSignal() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::endTheWork, "stop"));
  }

  private void endTheWork() {
    asked.countDown();
    try {
      if (done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        Runtime.getRuntime().halt(exitCode);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The work cannot go on. */
  void fail() {
    failed = true;
    asked.countDown();
  }

  boolean failed() {
    return failed;
  }

  /** Waits until the work is to end. */
  void await() throws InterruptedException {
    asked.await();
  }

  /** Waits as long; whether the work is to end. */
  boolean await(Duration time) throws InterruptedException {
    return asked.await(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Ends the JVM. */
  void exit(int code) {
    exitCode = code;
    done.countDown();
    System.exit(code);
  }
}
