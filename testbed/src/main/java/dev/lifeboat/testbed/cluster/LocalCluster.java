package dev.lifeboat.testbed.cluster;

import dev.lifeboat.testbed.network.TestNetwork;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A node of the real Kubernetes without a container engine, in mount and process namespaces of its
 * own inside the testbed's network. It hangs on one process, {@link #pid()}.
 */
public final class LocalCluster implements Cluster {

  private static final long NEEDED_BYTES = 3L << 30;

  private final Process supervisor;
  private final long node;
  private final TestNetwork network;
  private final Path folder;

  private LocalCluster(Process supervisor, long node, TestNetwork network, Path folder) {
    this.supervisor = supervisor;
    this.node = node;
    this.network = network;
    this.folder = folder;
  }

  /**
   * Starts it and returns when the node is ready.
   *
   * @param folder the node's own, on a disk, empty; logs are in {@code logs}. The caller removes it
   *     after the end
   * @throws IOException with one sentence that says what is wrong; nothing runs then
   */
  public static LocalCluster start(TestNetwork network, Path folder) throws IOException {
    Requirements.root();
    Requirements.packages();
    KubernetesPrograms programs = KubernetesPrograms.find();
    Files.createDirectories(folder);
    Requirements.disk(folder, NEEDED_BYTES);
    Requirements.port(network.nodeAddress());
    Process supervisor =
        new ProcessBuilder(
                programs.scripts().resolve("supervise").toString(),
                "node",
                folder.toString(),
                Long.toString(network.pid()),
                programs.folder().toString(),
                network.nodeAddress().getHostAddress(),
                network.azureAddress().getHostAddress())
            .redirectErrorStream(true)
            .start();
    return new LocalCluster(supervisor, awaitReady(supervisor, folder), network, folder);
  }

  /** Follows what the supervisor says until the node is ready; returns the node's process. */
  private static long awaitReady(Process supervisor, Path folder) throws IOException {
    BufferedReader output = supervisor.inputReader(StandardCharsets.UTF_8);
    String last = "it said nothing";
    long node = 0;
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.equals("ready")) {
        return node;
      }
      if (line.startsWith("running ")) {
        node = Long.parseLong(line.substring(8));
      }
      last = line;
    }
    throw new IOException(
        "The local cluster did not start (%s); logs are in %s."
            .formatted(last, folder.resolve("logs")));
  }

  @Override
  public String description() {
    return "Kubernetes compiled from its Go module, on this machine";
  }

  @Override
  public Path kubeconfig() {
    return folder.resolve("pki/admin.kubeconfig");
  }

  /** The process that all of it hangs on, as the host counts. */
  public long pid() {
    return supervisor.pid();
  }

  @Override
  public void load(Path archive) throws IOException {
    List<String> command = new ArrayList<>(enter());
    command.addAll(List.of("ctr", "--namespace", "k8s.io", "images", "import", "-"));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(archive.toFile())
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException("%s was not loaded: %s".formatted(archive, said.strip()));
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while an image was loaded");
    }
  }

  /**
   * The prefix that runs a command in the node's namespaces, as its containerd sees the machine.
   */
  private List<String> enter() throws IOException {
    long first =
        ProcessHandle.of(node)
            .flatMap(process -> process.children().findFirst())
            .orElseThrow(() -> new IOException("The local cluster has ended; see " + folder))
            .pid();
    return List.of("nsenter", "--target", Long.toString(first), "--mount", "--pid", "--net", "--");
  }

  @Override
  public InetAddress address() {
    return network.nodeAddress();
  }

  @Override
  public void close() throws IOException {
    supervisor.getOutputStream().close();
    try {
      if (!supervisor.waitFor(30, TimeUnit.SECONDS)) {
        supervisor.destroyForcibly();
        throw new IOException("The local cluster did not end within 30 s; killed");
      }
    } catch (InterruptedException e) {
      supervisor.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted at the cluster's end");
    }
  }
}
