package dev.lifeboat.agent;

import dev.lifeboat.agent.capture.LoopDisk;
import dev.lifeboat.wire.identity.CertificateAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;

/**
 * What an agent needs: a disk, an identity, hardware, and a configuration file whose lines a test
 * can change. Its server does not answer. Its BPF file system is its own, so that it can be seen to
 * go.
 */
final class AgentHome implements AutoCloseable {
  final Path folder;
  final UUID machine = UUID.randomUUID();
  final LoopDisk disk;
  final CertificateAuthority authority;
  final int metricsPort = freePort();
  final Path state;
  final Path bpf;

  AgentHome(Path folder) throws Exception {
    this.folder = folder;
    state = folder.resolve("state");
    bpf = folder.resolve("bpf/pins");
    authority = CertificateAuthority.create(folder.resolve("ca"), "test", Clock.systemUTC());
    authority.issueMachine(machine, Duration.ofDays(1)).writeTo(folder.resolve("identity"));
    hardware("here");
    disk = LoopDisk.create(folder, "disk", 32 << 20);
  }

  /** The machine is, from now on, this one. */
  void hardware(String name) throws IOException {
    Path directory = Files.createDirectories(folder.resolve("hardware"));
    Files.writeString(
        directory.resolve("product_uuid"),
        UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)) + "\n");
  }

  /** A configuration file with all that is required; {@code more} stands at its end. */
  Path config(String name, String more) throws IOException {
    return config(name, state, bpf, metricsPort, more);
  }

  Path config(String name, Path state, Path bpf, int port, String more) throws IOException {
    return Files.writeString(
        folder.resolve(name),
        """
        machine: {uid: %s}
        hardware: {directory: hardware}
        stateDirectory: %s
        bpfDirectory: %s
        disks:
          - {id: 1, device: %s}
        servers: ["127.0.0.1:%d"]
        identity: identity
        ring: 4MiB
        metrics: {port: %d}
        %s
        """
            .formatted(machine, state, bpf, disk.device(), freePort(), port, more));
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() throws IOException {
    AgentProcess.Result detached =
        AgentProcess.command("detach", "--config", config("detach.yaml", "").toString());
    disk.close();
    if (detached.exitCode() != 0) {
      throw new AssertionError(detached.output());
    }
  }
}
