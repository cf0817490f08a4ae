package dev.lifeboat.agent.capture;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Runs the machine's own tools. */
public final class Shell {
  private Shell() {}

  /** Runs a command; anything but 0 fails the test and shows what it said. */
  public static String run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!ended(process) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new AssertionError(String.join(" ", command) + ": " + said);
    }
    return said.strip();
  }

  private static boolean ended(Process process) throws IOException {
    try {
      return process.waitFor(120, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  /** Runs a command line of bash. */
  public static String sh(String line) throws IOException {
    return run("bash", "-ec", line);
  }
}
