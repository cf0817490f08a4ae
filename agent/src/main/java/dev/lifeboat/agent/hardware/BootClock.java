package dev.lifeboat.agent.hardware;

import dev.lifeboat.agent.kernel.KernelException;
import dev.lifeboat.agent.kernel.SystemCalls;
import java.io.UncheckedIOException;

/** The kernel's own clock of this boot. */
final class BootClock {
  private BootClock() {}

  static long nanos() {
    try {
      return SystemCalls.bootNanos();
    } catch (KernelException e) {
      throw new UncheckedIOException(e);
    }
  }
}
