package dev.lifeboat.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.lifeboat.agent.capture.LoopDisk;
import dev.lifeboat.agent.control.ControlSocket;
import dev.lifeboat.agent.control.Request;
import dev.lifeboat.testbed.network.FreePort;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** An agent as its own program. Closing ends it and the capture. */
final class AgentProgram implements AutoCloseable {

  /**
   * What tests choose.
   *
   * @param more lines for the end of the configuration file
   */
  record Settings(
      List<LoopDisk> disks,
      List<Integer> ports,
      String hardware,
      Optional<Path> identity,
      Optional<String> operator,
      String more) {
    static Settings of(List<LoopDisk> disks, Integer... ports) {
      return new Settings(disks, List.of(ports), "test", Optional.empty(), Optional.empty(), "");
    }

    /** Of a machine that is to be enrolled with an operator, and is led by it. */
    static Settings led(List<LoopDisk> disks, String operator) {
      return new Settings(
          disks,
          List.of(),
          "test",
          Optional.empty(),
          Optional.of(operator),
          "serverTimeout: 20s\n");
    }

    Settings with(String lines) {
      return new Settings(disks, ports, hardware, identity, operator, more + lines);
    }

    /** On hardware that calls itself so. */
    Settings onHardware(String other) {
      return new Settings(disks, ports, other, identity, operator, more);
    }

    /** With the certificate of another folder. */
    Settings as(Path other) {
      return new Settings(disks, ports, hardware, Optional.of(other), operator, more);
    }
  }

  private static final Duration PATIENCE = Duration.ofMinutes(4);

  private final Path config;
  private final Path state;
  private final Path identity;
  private final Program program;

  AgentProgram(Path folder, String name, UUID machine, Path identity, Settings settings)
      throws IOException {
    config = folder.resolve(name + ".yaml");
    state = folder.resolve(name + "-state");
    this.identity = settings.operator().isPresent() ? folder.resolve(name + "-identity") : identity;
    Files.writeString(
        config,
        """
        %s
        hardware: {directory: %s}
        stateDirectory: %s
        bpfDirectory: /sys/fs/bpf/lifeboat-test-%s
        identity: %s
        metrics: {port: %d}
        %s
        """
            .formatted(
                work(machine, settings),
                hardware(folder, settings.hardware()),
                state,
                machine.toString().substring(0, 8) + name,
                settings.identity().orElse(this.identity),
                FreePort.next(),
                settings.more()));
    program =
        new Program(
            folder.resolve(name + ".log"), "lifeboat-agent", "run", "--config", config.toString());
  }

  /** What is protected and where it goes, or who says it. */
  private static String work(UUID machine, Settings settings) {
    if (settings.operator().isPresent()) {
      return "management: {endpoint: '%s', every: 1s}".formatted(settings.operator().get());
    }
    StringBuilder disks = new StringBuilder();
    int id = 0;
    for (LoopDisk disk : settings.disks()) {
      id++;
      disks.append("  - {id: %d, device: %s}%n".formatted(id, disk.device()));
    }
    return """
    machine: {uid: %s}
    disks:
    %sservers: [%s]
    markEvery: 1s
    """
        .formatted(
            machine,
            disks,
            settings.ports().stream()
                .map(port -> "127.0.0.1:" + port)
                .collect(Collectors.joining(", ")));
  }

  /** Hardware that calls itself so: a folder of what the firmware would say. */
  private static Path hardware(Path folder, String name) throws IOException {
    Path directory = Files.createDirectories(folder.resolve("hardware-" + name));
    String uuid = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
    Files.writeString(directory.resolve("product_uuid"), uuid);
    Files.copy(
        Path.of("/proc/sys/kernel/random/boot_id"),
        directory.resolve("boot_id"),
        StandardCopyOption.REPLACE_EXISTING);
    return directory;
  }

  AgentProgram start() {
    program.start();
    return this;
  }

  Program program() {
    return program;
  }

  Path identity() {
    return identity;
  }

  Path state() {
    return state;
  }

  /**
   * What `status --json` prints, by the same socket but without a program for each look, for tests
   * look all the time; a missing node while the agent does not answer.
   */
  JsonNode status() {
    try {
      return ControlSocket.ask(state, Request.status()).result();
    } catch (IOException e) {
      return MissingNode.getInstance();
    }
  }

  Command.Result command(String name, String... more) {
    String[] all = new String[more.length + 4];
    all[0] = Program.bin("lifeboat-agent");
    all[1] = name;
    all[2] = "--config";
    all[3] = config.toString();
    System.arraycopy(more, 0, all, 4, more.length);
    return Command.attempt(all);
  }

  /** Waits until `status` says so. */
  JsonNode until(String what, Predicate<JsonNode> condition) {
    return await(what)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(300))
        .until(
            () -> {
              if (!program.running()) {
                throw new AssertionError("the agent ended: " + program.output());
              }
              return status();
            },
            condition);
  }

  /** And connected: without a server it does not know what that one lost. */
  void untilConsistent() {
    until(
        "consistent",
        status ->
            status.path("connected").asBoolean()
                && status.path("state").asText().equals("Consistent"));
  }

  /** A mark on demand, waited for until it is a recovery point in the vault. */
  void mark(String label) {
    mark(Request.mark(label, false, true, Duration.ofMinutes(10)));
  }

  /** A mark on demand, waited for until it is in the log. */
  void markInLog(String label) {
    mark(Request.mark(label, false, false, Duration.ofMinutes(1)));
  }

  private void mark(Request request) {
    try {
      assertThat(ControlSocket.ask(state, request).error()).as("mark").isEmpty();
    } catch (IOException e) {
      throw new AssertionError("mark", e);
    }
  }

  @Override
  public void close() throws IOException {
    program.close();
    Command.Result detached = command("detach");
    if (detached.exitCode() != 0) {
      throw new AssertionError("detach: " + detached.output());
    }
  }
}
