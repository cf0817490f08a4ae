package dev.lifeboat.testbed.cluster;

import dev.lifeboat.testbed.network.TestNetwork;
import dev.lifeboat.testbed.process.Command;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.testcontainers.containers.Container;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/**
 * Testcontainers' {@link K3sContainer} in an engine of the testbed's own, inside its network: an
 * engine of the machine would put the cluster where guests do not reach it. The image is an
 * archive, for the network has no way out: {@code docker save rancher/k3s:TAG} given by {@code
 * -Dcluster.archive} and {@code -Dcluster.image}, else a stand-in made of the local node's parts,
 * under its own name. What real K3s lacks is not made up for: its storage class has no block mode,
 * and its DNS does not know {@code testbed.local}.
 */
final class ContainerCluster implements Cluster {

  private static final String STAND_IN = "lifeboat.dev/node:1";

  private final ContainerEngine engine;
  private final K3sContainer container;
  private final String image;
  private final Path kubeconfig;

  private ContainerCluster(
      ContainerEngine engine, K3sContainer container, String image, Path kubeconfig) {
    this.engine = engine;
    this.container = container;
    this.image = image;
    this.kubeconfig = kubeconfig;
  }

  /**
   * Starts engine and container.
   *
   * @throws IOException with one sentence; nothing runs then
   */
  static ContainerCluster start(TestNetwork network, Path folder) throws IOException {
    if (!ContainerEngine.HOST.equals(System.getenv("DOCKER_HOST"))) {
      throw new IOException(
          "Testcontainers takes its engine from the environment: set DOCKER_HOST=%s (Maven: -Pcontainer)."
              .formatted(ContainerEngine.HOST));
    }
    Files.createDirectories(folder);
    ContainerEngine engine = ContainerEngine.start(network);
    boolean up = false;
    try {
      loadTinyImage(engine, folder);
      String image = System.getProperty("cluster.image", STAND_IN);
      String archive = System.getProperty("cluster.archive", "");
      if (archive.isBlank()) {
        image = STAND_IN;
        importStandIn(engine, folder);
      } else {
        engine.docker("load", "--input", archive);
      }
      K3sContainer container = new AtAddress(image, engine.address());
      container.withEnv("CONTROL_GROUP", engine.controlGroup() + "-node");
      container.withEnv("AZURE_ADDRESS", network.azureAddress().getHostAddress());
      if (image.equals(STAND_IN)) {
        container.waitingFor(Wait.forLogMessage(".*The stand-in node is ready.*", 1));
      }
      container.start();
      Path kubeconfig = folder.resolve("kubeconfig");
      Files.writeString(kubeconfig, container.getKubeConfigYaml(), StandardCharsets.UTF_8);
      up = true;
      return new ContainerCluster(engine, container, image, kubeconfig);
    } finally {
      if (!up) {
        engine.close();
      }
    }
  }

  /** Testcontainers binds a folder in a small container first; its own image cannot be pulled. */
  private static void loadTinyImage(ContainerEngine engine, Path folder) throws IOException {
    Path archive = folder.resolve("busybox.tar");
    Command.run(
        KubernetesPrograms.find().folder().resolve("testbed-node").toString(),
        "image",
        "localhost/busybox:1",
        archive.toString(),
        "0",
        "/bin/busybox",
        "/bin/busybox=" + Command.find("busybox").orElseThrow());
    engine.docker("load", "--input", archive.toString());
  }

  private static void importStandIn(ContainerEngine engine, Path folder) throws IOException {
    KubernetesPrograms programs = KubernetesPrograms.find();
    Path archive = folder.resolve("node.tar");
    Command.run(
        programs.scripts().resolve("stand-in").toString(),
        programs.folder().toString(),
        archive.toString());
    engine.docker(
        "import",
        "--change",
        "ENTRYPOINT [\"/opt/scripts/stand-in-entrypoint\"]",
        "--change",
        "VOLUME /var/node",
        "--change",
        "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        archive.toString(),
        STAND_IN);
    Files.delete(archive);
  }

  @Override
  public String description() {
    return image.equals(STAND_IN)
        ? "K3sContainer with a stand-in of the testbed's own node; real K3s was not run"
        : "K3sContainer with " + image;
  }

  @Override
  public Path kubeconfig() {
    return kubeconfig;
  }

  @Override
  public void load(Path archive) throws IOException {
    container.copyFileToContainer(MountableFile.forHostPath(archive), "/image.tar");
    List<String> command = new ArrayList<>();
    command.add(image.equals(STAND_IN) ? "/opt/scripts/stand-in-ctr" : "ctr");
    command.addAll(List.of("--namespace", "k8s.io", "images", "import", "/image.tar"));
    try {
      Container.ExecResult result = container.execInContainer(command.toArray(String[]::new));
      if (result.getExitCode() != 0) {
        throw new IOException(
            "%s was not loaded: %s".formatted(archive, result.getStderr().strip()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while an image was loaded");
    }
  }

  @Override
  public InetAddress address() {
    try {
      return InetAddress.getByName(
          container
              .getContainerInfo()
              .getNetworkSettings()
              .getNetworks()
              .get("bridge")
              .getIpAddress());
    } catch (IOException e) {
      throw new IllegalStateException("a container without an address", e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      container.stop();
    } finally {
      engine.close();
    }
  }

  /**
   * Published ports answer at the node's address in the network, not on this machine's loopback.
   */
  private static final class AtAddress extends K3sContainer {
    private final String host;

    AtAddress(String image, String host) {
      super(DockerImageName.parse(image).asCompatibleSubstituteFor("rancher/k3s"));
      this.host = host;
      // The super constructor asked for the host before it was known.
      withCommand("server", "--disable=traefik", "--tls-san=" + host);
    }

    @Override
    public String getHost() {
      return host == null ? "localhost" : host;
    }
  }
}
