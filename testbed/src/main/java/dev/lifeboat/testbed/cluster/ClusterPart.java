package dev.lifeboat.testbed.cluster;

import dev.lifeboat.testbed.network.TestNetwork;
import dev.lifeboat.testbed.run.TestbedPart;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The cluster at a prompt. */
public final class ClusterPart implements TestbedPart {

  @Override
  public String name() {
    return "cluster";
  }

  @Override
  public int order() {
    return 10;
  }

  @Override
  public Running start(TestNetwork network, Path folder) throws IOException {
    Cluster cluster = Clusters.start(network, folder);
    Path kubectl = new Kubectl(cluster.kubeconfig()).program();
    return new Running() {
      @Override
      public List<String> whatToTypeNext() {
        return List.of(
            "export KUBECONFIG=" + cluster.kubeconfig(),
            kubectl + " get nodes,pods --all-namespaces",
            "# NodePorts answer on " + cluster.address().getHostAddress(),
            "# logs of the node's parts: " + folder.resolve("logs"));
      }

      @Override
      public void close() throws IOException {
        cluster.close();
      }
    };
  }
}
