package dev.lifeboat.testbed.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lifeboat.testbed.network.TestNetwork;
import dev.lifeboat.testbed.process.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("alone")
class LocalClusterIT {

  @Test
  void isReadyInThirtySeconds_andLeavesNothing_whenItsOneProcessIsKilled() throws Exception {
    Path folder = Files.createTempDirectory(Path.of("target"), "cluster").toAbsolutePath();
    try (TestNetwork network = TestNetwork.start()) {
      String before = Traces.of(network, folder.toString());
      long began = System.nanoTime();
      LocalCluster cluster = LocalCluster.start(network, folder);
      Duration took = Duration.ofNanos(System.nanoTime() - began);
      System.out.printf("The node was ready after %.1f s%n", took.toMillis() / 1000.0);
      Kubectl kubectl = new Kubectl(cluster.kubeconfig());
      assertThat(kubectl.run("get", "nodes", "--no-headers")).containsPattern("node1 +Ready");
      assertThat(Traces.of(network, folder.toString())).isNotEqualTo(before);
      assertThatThrownBy(() -> LocalCluster.start(network, folder.resolve("second")))
          .hasMessage(
              "Port 6443 of %s is taken: this network has a cluster already.",
              network.nodeAddress().getHostAddress());

      Command.run("kill", "-KILL", Long.toString(cluster.pid()));
      Traces.awaitSame(network, folder.toString(), before);
      assertThat(took).isLessThan(Duration.ofSeconds(30));
    } finally {
      Command.run("rm", "-rf", folder.toString());
    }
  }
}
