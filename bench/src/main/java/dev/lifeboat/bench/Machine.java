package dev.lifeboat.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;

/**
 * What it ran on.
 *
 * @param loadBefore runnable threads on average over the minute before measuring began
 * @param stolenPercent of the cores' time, taken by the host meanwhile
 */
record Machine(
    String kernel, String processor, int cores, double loadBefore, double stolenPercent) {

  /** Of now; {@code since} was taken when measuring began. */
  static Machine now(Usage since) throws IOException {
    String processor =
        Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
            .filter(line -> line.startsWith("model name"))
            .findFirst()
            .map(line -> line.substring(line.indexOf(':') + 1).strip())
            .orElse("unknown processor");
    Usage now = Usage.now();
    return new Machine(
        System.getProperty("os.version"),
        processor,
        Runtime.getRuntime().availableProcessors(),
        since.load(),
        now.stolenPercentSince(since));
  }

  String describe() {
    String shared =
        loadBefore > 0.5
            ? "**The machine was shared**: its load was %.1f when measuring began, so the clock's"
                    .formatted(loadBefore)
                + " figures are lower bounds; CPU seconds stand within about 20 %."
            : "The machine was idle when measuring began.";
    return "Machine: %d × %s, Linux %s, JDK %s, %s. Stolen by its host: %.1f %%. %s"
        .formatted(
            cores,
            processor,
            kernel,
            Runtime.version(),
            LocalDate.now(java.time.ZoneOffset.UTC),
            stolenPercent,
            shared);
  }

  /** The kernel's counters at a moment. */
  record Usage(double load, long stolen, long all) {

    static Usage now() throws IOException {
      String load = Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0];
      String[] ticks = Files.readAllLines(Path.of("/proc/stat")).getFirst().split(" +", -1);
      long all = 0;
      for (int i = 1; i <= 8; i++) {
        all += Long.parseLong(ticks[i]);
      }
      return new Usage(Double.parseDouble(load), Long.parseLong(ticks[8]), all);
    }

    double stolenPercentSince(Usage earlier) {
      return all == earlier.all ? 0 : 100.0 * (stolen - earlier.stolen) / (all - earlier.all);
    }
  }
}
