package dev.lifeboat.testbed.cluster;

import dev.lifeboat.testbed.network.TestNetwork;
import dev.lifeboat.testbed.process.Command;
import dev.lifeboat.testbed.process.ProjectFolder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Debian's Docker engine in namespaces of its own inside the testbed's network, so that guests
 * reach its containers and nothing leaves the machine; it cannot pull, images are brought as
 * archives. It hangs on one process. Testcontainers finds it by the environment only, so its socket
 * has one place.
 */
final class ContainerEngine implements AutoCloseable {

  /** What {@code DOCKER_HOST} must be in the JVM that uses it. */
  static final String HOST = "unix:///var/tmp/lifeboat-engine/docker.sock";

  private static final Path FOLDER = Path.of("/var/tmp/lifeboat-engine");

  private final Process supervisor;
  private final TestNetwork network;

  private ContainerEngine(Process supervisor, TestNetwork network) {
    this.supervisor = supervisor;
    this.network = network;
  }

  /**
   * Starts it.
   *
   * @throws IOException with one sentence: Debian's package missing, another one up
   */
  static ContainerEngine start(TestNetwork network) throws IOException {
    Requirements.root();
    if (Command.find("dockerd").isEmpty()) {
      throw new IOException(
          "A container engine needs dockerd: install Debian's package docker.io.");
    }
    if (Files.exists(FOLDER)) {
      if (Command.attempt(List.of("docker", "--host", HOST, "version"), Duration.ofSeconds(20))
              .exitCode()
          == 0) {
        throw new IOException("Another testbed's container engine is up at %s.".formatted(HOST));
      }
      Command.run("rm", "-rf", FOLDER.toString());
    }
    Files.createDirectories(FOLDER);
    Process supervisor =
        new ProcessBuilder(
                ProjectFolder.root().resolve("testbed/kubernetes/supervise").toString(),
                "engine",
                FOLDER.toString(),
                Long.toString(network.pid()),
                subnet(network) + ".1/24")
            .redirectErrorStream(true)
            .start();
    ContainerEngine engine = new ContainerEngine(supervisor, network);
    BufferedReader output = supervisor.inputReader(StandardCharsets.UTF_8);
    String last = "it said nothing";
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.equals("ready")) {
        // The host's one route to containers; it goes with the interface.
        Command.run(
            "ip",
            "route",
            "add",
            subnet(network) + ".0/24",
            "via",
            network.nodeAddress().getHostAddress(),
            "dev",
            network.hostInterface());
        return engine;
      }
      last = line;
    }
    throw new IOException("The container engine did not start (%s).".formatted(last));
  }

  /** Beside the network's own subnet, by the same number. */
  private static String subnet(TestNetwork network) {
    return "198.19." + (network.nodeAddress().getAddress()[2] & 0xff);
  }

  /** The control group below which everything of the engine must stay to be cleaned up. */
  String controlGroup() {
    return "lifeboat-" + supervisor.pid();
  }

  /** Where published ports answer. */
  String address() {
    return network.nodeAddress().getHostAddress();
  }

  /** Docker's own client against it. */
  String docker(String... arguments) throws IOException {
    String[] command = new String[arguments.length + 3];
    command[0] = "docker";
    command[1] = "--host";
    command[2] = HOST;
    System.arraycopy(arguments, 0, command, 3, arguments.length);
    return Command.run(command);
  }

  @Override
  public void close() throws IOException {
    supervisor.getOutputStream().close();
    try {
      if (!supervisor.waitFor(60, TimeUnit.SECONDS)) {
        supervisor.destroyForcibly();
        throw new IOException("The container engine did not end within 60 s; killed");
      }
    } catch (InterruptedException e) {
      supervisor.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted at the container engine's end");
    }
    Command.run("rm", "-rf", FOLDER.toString());
  }
}
