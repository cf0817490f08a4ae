package dev.lifeboat.testbed.cluster;

import dev.lifeboat.testbed.network.TestNetwork;
import java.io.IOException;
import java.nio.file.Path;

/** Chooses the cluster that tests run on. */
public final class Clusters {

  private Clusters() {}

  /**
   * The cluster of {@code KUBECONFIG} where that is set, else a local one; with {@code
   * -Dcluster=container} K3s in a container.
   *
   * @param folder the cluster's own, empty; removed by the caller after the end
   */
  public static Cluster start(TestNetwork network, Path folder) throws IOException {
    String wanted = System.getProperty("cluster", "");
    if (wanted.equals("container")) {
      return ContainerCluster.start(network, folder);
    }
    if (!wanted.isEmpty()) {
      throw new IOException(
          "There is no cluster '%s': -Dcluster=container, or none.".formatted(wanted));
    }
    String given = System.getenv("KUBECONFIG");
    if (given != null && !given.isBlank()) {
      return new GivenCluster(Path.of(given), System.getProperty("cluster.load", ""));
    }
    return LocalCluster.start(network, folder);
  }
}
