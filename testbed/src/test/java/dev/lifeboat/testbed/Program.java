package dev.lifeboat.testbed;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One of our long-running programs, started by its launcher as a user starts it, with what it
 * prints in a file. It can be ended, killed, stopped and continued.
 */
final class Program implements AutoCloseable {

  private final List<String> command;
  private final Path log;
  private Process process;

  Program(Path log, String launcher, String... arguments) {
    this.log = log;
    command = new ArrayList<>(List.of(bin(launcher)));
    command.addAll(List.of(arguments));
  }

  /** The launcher's path in the project. */
  static String bin(String launcher) {
    return Path.of("").toAbsolutePath().resolveSibling("bin").resolve(launcher).toString();
  }

  /** Starts it, or starts it anew; the log is continued. */
  void start() {
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  boolean running() {
    return process != null && process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  int exitCode() {
    return process.exitValue();
  }

  /** What it printed since it was started first. */
  String output() throws IOException {
    return Files.readString(log, StandardCharsets.ISO_8859_1);
  }

  /** As `kill -9`: nothing is finished, nothing is said. */
  void kill() {
    process.destroyForcibly();
    await();
  }

  /** As a service manager ends it. */
  void end() {
    process.destroy();
    await();
  }

  void stop() {
    Command.run("kill", "-STOP", Long.toString(pid()));
  }

  void go() {
    Command.run("kill", "-CONT", Long.toString(pid()));
  }

  private void await() {
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(command + " did not end within 60 s");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    if (running()) {
      Command.attempt("kill", "-CONT", Long.toString(pid()));
      process.destroyForcibly();
      await();
    }
  }
}
