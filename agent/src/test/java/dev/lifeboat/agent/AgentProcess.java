package dev.lifeboat.agent;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.lifeboat.agent.control.ControlSocket;
import dev.lifeboat.agent.control.Request;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** `lifeboat-agent` as a user starts it: a process of its own, by its launcher. */
final class AgentProcess implements AutoCloseable {
  private static final String LAUNCHER =
      Path.of("").toAbsolutePath().resolveSibling("bin").resolve("lifeboat-agent").toString();

  /** What a command ended with and said. */
  record Result(int exitCode, String output) {}

  private final Path state;
  private final Path log;
  private final Process process;

  private AgentProcess(Path state, Path log, Process process) {
    this.state = state;
    this.log = log;
    this.process = process;
  }

  /** Starts `run` and waits until it answers. */
  static AgentProcess run(Path config, Path state, Path log) throws IOException {
    Process process =
        new ProcessBuilder(LAUNCHER, "run", "--config", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    AgentProcess agent = new AgentProcess(state, log, process);
    await("the agent answers")
        .atMost(Duration.ofSeconds(90))
        .until(() -> agent.ended() || agent.answers());
    if (agent.ended()) {
      throw new AssertionError("the agent ended: " + agent.log());
    }
    return agent;
  }

  /** Runs any command to its end. */
  static Result command(String... arguments) throws IOException {
    return under(List.of(), arguments);
  }

  /** Runs a command by another program, which makes its world for it. */
  static Result under(List<String> program, String... arguments) throws IOException {
    List<String> all = new ArrayList<>(program);
    all.add(LAUNCHER);
    all.addAll(List.of(arguments));
    Process process = new ProcessBuilder(all).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    waitFor(process);
    return new Result(process.exitValue(), said.strip());
  }

  private static void waitFor(Process process) {
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("it does not end");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** What `status --json` would say; missing if nobody answers. */
  JsonNode status() {
    try {
      return ControlSocket.ask(state, Request.status()).result();
    } catch (IOException e) {
      return MissingNode.getInstance();
    }
  }

  private boolean answers() {
    return !state().isEmpty() && !state().equals("Starting");
  }

  String state() {
    return status().path("state").asText();
  }

  boolean ended() {
    return !process.isAlive();
  }

  String log() throws IOException {
    return Files.readString(log);
  }

  Process process() {
    return process;
  }

  /** As a service manager ends it; the exit code. */
  int end() {
    process.destroy();
    waitFor(process);
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    waitFor(process);
  }
}
