package dev.lifeboat.testbed.network;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports for programs that must know theirs before they start, and keep it when they start again.
 * Below the range that the kernel hands out by itself, and from another place in each JVM: tests
 * run side by side. Thread-safe.
 */
public final class FreePort {
  private static final int FIRST = 10_000;
  private static final int COUNT = 20_000;
  private static final AtomicInteger NEXT =
      new AtomicInteger(Math.floorMod(ProcessHandle.current().pid() * 7919, COUNT));

  private FreePort() {}

  /** One that nothing listens on, and that no other call of this JVM gets before 20,000 others. */
  public static int next() {
    for (int i = 0; i < COUNT; i++) {
      int port = FIRST + Math.floorMod(NEXT.getAndIncrement(), COUNT);
      try (ServerSocket socket = new ServerSocket(port)) {
        return socket.getLocalPort();
      } catch (IOException _) {
        // Taken: the next.
      }
    }
    throw new IllegalStateException("no port from %d on is free".formatted(FIRST));
  }
}
