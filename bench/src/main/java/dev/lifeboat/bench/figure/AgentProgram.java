package dev.lifeboat.bench.figure;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lifeboat.agent.control.AgentStatus;
import dev.lifeboat.agent.control.Answer;
import dev.lifeboat.agent.control.ControlSocket;
import dev.lifeboat.agent.control.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The agent as it runs on a protected machine: capture, ring, frames, TLS. Closing ends it and the
 * capture.
 */
final class AgentProgram implements AutoCloseable {
  /** The disk's id in the log. */
  static final int DISK = 1;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern SENT = Pattern.compile("bytes_sent:(\\d+)");
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final Path folder;
  private final Path config;
  private final int server;
  private final Process process;

  private AgentProgram(Path folder, Path config, int server, Process process) {
    this.folder = folder;
    this.config = config;
    this.server = server;
    this.process = process;
  }

  /** Starts one that protects the disk; the folder is new, so its first copy begins. */
  static AgentProgram start(Site site, Path folder, LoopDisk disk, String codec)
      throws IOException {
    Path hardware = Files.createDirectories(folder.resolve("hardware"));
    Files.writeString(hardware.resolve("product_uuid"), site.machine.toString());
    Files.copy(Path.of("/proc/sys/kernel/random/boot_id"), hardware.resolve("boot_id"));
    Path config = folder.resolve("agent.yaml");
    Files.writeString(
        config,
        """
        machine: {uid: %s}
        hardware: {directory: hardware}
        stateDirectory: state
        bpfDirectory: /sys/fs/bpf/lifeboat-bench-%s
        disks: [{id: %d, device: %s}]
        servers: ["127.0.0.1:%d"]
        identity: %s
        markEvery: 1s
        codec: %s
        metrics: {port: %d}
        """
            .formatted(
                site.machine,
                site.machine.toString().substring(0, 8),
                DISK,
                disk.device(),
                site.port(),
                site.machineFolder(),
                codec,
                Site.freePort()));
    Process process =
        Programs.start(
            folder,
            folder.resolve("agent.log"),
            Map.of(),
            List.of(launcher(), "run", "--config", config.toString()));
    return new AgentProgram(folder, config, site.port(), process);
  }

  private static String launcher() {
    return Programs.root().resolve("bin/lifeboat-agent").toString();
  }

  /** Waits until the disk is copied and a mark behind all that was written is a recovery point. */
  void untilPoint() throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    String why = "it did not answer";
    while (System.nanoTime() < end && process.isAlive()) {
      if (Files.exists(state())) {
        try {
          Answer answer = ControlSocket.ask(state(), Request.mark("bench", true, true, PATIENCE));
          why = answer.error();
          if (why.isEmpty()) {
            return;
          }
        } catch (IOException notYet) {
          why = String.valueOf(notYet.getMessage());
        }
      }
      TimeUnit.MILLISECONDS.sleep(200);
    }
    throw new IOException(
        "no recovery point (" + why + "): " + Files.readString(folder.resolve("agent.log")));
  }

  private Path state() {
    return folder.resolve("state");
  }

  AgentStatus status() throws IOException {
    Answer answer = ControlSocket.ask(state(), Request.status());
    return JSON.treeToValue(answer.result(), AgentStatus.class);
  }

  /** CPU seconds so far, the JVM's start included. */
  double cpu() throws IOException {
    return Cpu.of(process.pid());
  }

  /** Bytes given to the connection so far, by the kernel's count: TLS and all messages. */
  long sentBytes() throws IOException, InterruptedException {
    String said = Programs.run(folder, "ss", "-Htino", "dport", "=", ":" + server).output();
    Matcher sent = SENT.matcher(said);
    if (!sent.find()) {
      throw new IOException("the agent is not connected: " + said);
    }
    return Long.parseLong(sent.group(1));
  }

  @Override
  public void close() throws IOException {
    Programs.stop(process);
    try {
      Programs.run(folder, launcher(), "detach", "--config", config.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while detaching", e);
    }
  }
}
