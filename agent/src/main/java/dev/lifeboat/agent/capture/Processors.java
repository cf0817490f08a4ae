package dev.lifeboat.agent.capture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How many CPUs the machine may ever have. */
final class Processors {
  private static final Path POSSIBLE = Path.of("/sys/devices/system/cpu/possible");

  private Processors() {}

  /** The power of two that has room for every possible CPU, a page of 8-byte values at least. */
  static int room() throws IOException {
    String list = Files.readString(POSSIBLE).strip();
    int last =
        Integer.parseInt(
            list.substring(Math.max(list.lastIndexOf('-'), list.lastIndexOf(',')) + 1));
    return Math.max(512, Integer.highestOneBit(last) << 1);
  }
}
