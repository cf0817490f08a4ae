package dev.lifeboat.bench.figure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Runs other programs, ours and the machine's. */
final class Programs {

  /** What a program took. */
  record Run(double wallSeconds, double cpuSeconds, String output) {}

  private Programs() {}

  /** Where bin/ is: the project's root, where bench/run starts us. */
  static Path root() {
    return Path.of(System.getProperty("lifeboat.root", ".")).toAbsolutePath().normalize();
  }

  /**
   * Runs it to its end; anything but 0 is an error that shows what it said. No other child may end.
   */
  static Run run(Path work, Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    Path log = Files.createTempFile(work, "program", ".log");
    double cpu = Cpu.ofEndedChildren();
    long start = System.nanoTime();
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(work.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      int status = process.waitFor();
      double wall = (System.nanoTime() - start) / 1e9;
      String output = Files.readString(log);
      if (status != 0) {
        throw new IOException(String.join(" ", command) + " ended with " + status + ": " + output);
      }
      return new Run(wall, Cpu.ofEndedChildren() - cpu, output);
    } finally {
      process.destroyForcibly();
      Files.deleteIfExists(log);
    }
  }

  static Run run(Path work, String... command) throws IOException, InterruptedException {
    return run(work, Map.of(), List.of(command));
  }

  /** Starts one that stays; its output goes to a file. */
  static Process start(Path work, Path log, Map<String, String> environment, List<String> command)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(work.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** Asks it to end, and makes it end. */
  static void stop(Process process) {
    process.destroy();
    try {
      if (!process.waitFor(java.time.Duration.ofSeconds(30))) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
