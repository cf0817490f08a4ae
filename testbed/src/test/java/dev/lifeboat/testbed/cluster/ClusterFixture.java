package dev.lifeboat.testbed.cluster;

import dev.lifeboat.testbed.network.TestNetwork;
import dev.lifeboat.testbed.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A network, a cluster in it and a folder, for all tests of one class: a static extension. */
public final class ClusterFixture implements BeforeAllCallback, AfterAllCallback {
  private Path folder;
  private TestNetwork network;
  private Cluster cluster;
  private Kubectl kubectl;

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    Path target = Files.createDirectories(Path.of("target"));
    folder = Files.createTempDirectory(target, "cluster").toAbsolutePath();
    network = TestNetwork.start();
    cluster = Clusters.start(network, Files.createDirectory(folder.resolve("cluster")));
    System.out.println("The cluster is " + cluster.description());
    kubectl = new Kubectl(cluster.kubeconfig());
  }

  /** For whatever the tests write; deleted with the cluster. */
  public Path folder() {
    return folder;
  }

  /** Where the cluster's node is. */
  public TestNetwork network() {
    return network;
  }

  /** Ready. */
  public Cluster cluster() {
    return cluster;
  }

  /** As the cluster's administrator. */
  public Kubectl kubectl() {
    return kubectl;
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    try {
      if (cluster != null) {
        cluster.close();
      }
    } finally {
      if (network != null) {
        network.close();
      }
      Command.run("rm", "-rf", folder.toString());
    }
  }
}
