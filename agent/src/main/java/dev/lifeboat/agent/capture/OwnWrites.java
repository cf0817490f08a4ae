package dev.lifeboat.agent.capture;

import java.io.IOException;

/**
 * Marks the writes of our own journal, so that they do not feed themselves: they travel as {@code
 * SELF}, without their payload.
 */
public interface OwnWrites {
  /** A write by O_DIRECT, made by the calling thread. */
  @FunctionalInterface
  interface Body {
    /** Writes. */
    void run() throws IOException;
  }

  /** Runs a write of the calling thread, which is a platform thread; one at a time. */
  void run(Body body) throws IOException;
}
