package dev.lifeboat.testbed.process;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Runs a program to its end and gives what it printed. Errors say which program and what it said.
 */
public final class Command {

  private static final Duration LONGEST = Duration.ofMinutes(5);

  /** How a program ended, and what it printed on both outputs. */
  public record Result(int exitCode, String output) {}

  private Command() {}

  /**
   * Runs it and returns what it printed.
   *
   * @throws IOException with what it printed, if its exit code is not 0
   */
  public static String run(List<String> command) throws IOException {
    Result result = attempt(command, LONGEST);
    if (result.exitCode() != 0) {
      throw new IOException(
          "%s: exit code %d: %s"
              .formatted(String.join(" ", command), result.exitCode(), result.output().strip()));
    }
    return result.output();
  }

  /** As {@link #run(List)}. */
  public static String run(String... command) throws IOException {
    return run(List.of(command));
  }

  /** Runs it behind a prefix such as that of a namespace. */
  public static String run(List<String> prefix, String... command) throws IOException {
    List<String> whole = new ArrayList<>(prefix);
    whole.addAll(List.of(command));
    return run(whole);
  }

  /**
   * Runs it, whatever it answers.
   *
   * @throws IOException if it cannot be started or does not end in time; it is killed then
   */
  public static Result attempt(List<String> command, Duration longest) throws IOException {
    Path output = Files.createTempFile("command", ".out");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectOutput(output.toFile())
              .start();
      try {
        if (!process.waitFor(longest.toMillis(), TimeUnit.MILLISECONDS)) {
          throw new IOException(
              "%s: not finished in %d s".formatted(String.join(" ", command), longest.toSeconds()));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException(String.join(" ", command));
      } finally {
        process.destroyForcibly();
      }
      return new Result(process.exitValue(), Files.readString(output, StandardCharsets.ISO_8859_1));
    } finally {
      Files.delete(output);
    }
  }

  /** The program's file on the PATH or where Debian keeps administrators' programs. */
  public static Optional<Path> find(String program) {
    List<String> folders = new ArrayList<>(List.of(System.getenv("PATH").split(":")));
    folders.addAll(List.of("/usr/local/go/bin", "/usr/local/sbin", "/usr/sbin", "/sbin"));
    return folders.stream()
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
