package dev.lifeboat.bench.figure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** CPU seconds by the kernel's accounting: 10 ms of resolution, other users do not count. */
final class Cpu {
  private static final double TICKS = 100;
  private static final int USER = 11;
  private static final int CHILDREN = 13;

  private Cpu() {}

  /** Of one process with all its threads. */
  static double of(long pid) throws IOException {
    return ticks(Path.of("/proc", Long.toString(pid), "stat"), USER);
  }

  /** Of this process' children that have ended and were waited for. */
  static double ofEndedChildren() throws IOException {
    return ticks(Path.of("/proc/self/stat"), CHILDREN);
  }

  /** Of this process' live threads whose name starts so, in nanosecond steps. */
  static double ofThreads(String prefix) throws IOException {
    double seconds = 0;
    try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
      for (Path thread : (Iterable<Path>) threads::iterator) {
        try {
          if (Files.readString(thread.resolve("comm")).startsWith(prefix)) {
            String nanos = Files.readString(thread.resolve("schedstat")).split(" ", 2)[0];
            seconds += Long.parseLong(nanos) / 1e9;
          }
        } catch (IOException ignored) {
          // It ended between the list and the look.
        }
      }
    }
    return seconds;
  }

  private static double ticks(Path stat, int field) throws IOException {
    String text = Files.readString(stat);
    // The name, in brackets, may hold blanks.
    String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[field]) + Long.parseLong(fields[field + 1])) / TICKS;
  }
}
