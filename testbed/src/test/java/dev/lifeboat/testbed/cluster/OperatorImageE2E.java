package dev.lifeboat.testbed.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.Helm;
import dev.lifeboat.operator.agents.Tokens;
import dev.lifeboat.testbed.process.Command;
import dev.lifeboat.testbed.process.ProjectFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The operator's own image, installed by the chart, under the rights that the chart gives it. */
class OperatorImageE2E {

  private static final int PORT = 30443;
  private static final String TOKEN = "5e".repeat(20);

  @RegisterExtension private static final ClusterFixture SITE = new ClusterFixture();

  private static Cluster cluster;
  private static Kubectl kubectl;
  private static Path folder;

  @BeforeAll
  static void start() throws Exception {
    folder = SITE.folder();
    cluster = SITE.cluster();
    kubectl = SITE.kubectl();
    cluster.load(image());
  }

  private static Path image() throws IOException {
    Path archive = ProjectFolder.root().resolve("operator/target/jib-image.tar");
    assertThat(archive)
        .as("the image, made by the build's package phase, in less than 120 MB")
        .exists()
        .satisfies(file -> assertThat(Files.size(file)).isLessThan(120_000_000));
    return archive;
  }

  @Test
  void runsAsTheChartInstallsIt_andHandsOutTheAgentsPackage() throws Exception {
    String endpoint = cluster.address().getHostAddress() + ":" + PORT;
    install(endpoint);
    Path authority = folder.resolve("ca.crt");
    Files.writeString(
        authority,
        kubectl.run(
            "get",
            "secret",
            "lifeboat-ca",
            "--output=go-template={{index .data \"ca.crt\" | base64decode}}"));
    expectMachine();
    String curl = "curl -fsS --cacert " + authority + " https://" + endpoint;
    assertThat(Command.run("bash", "-ec", curl + "/v1/install.sh"))
        .contains("lifeboat-agent enrol");
    String sum =
        Command.run(
            "bash",
            "-ec",
            "set -o pipefail; "
                + curl
                + "/v1/package -H 'Authorization: Bearer "
                + TOKEN
                + "' | sha256sum");
    Path made = ProjectFolder.root().resolve("agent/target/lifeboat-agent-linux-x64.tar.gz");
    assertThat(sum.split(" ", 2)[0])
        .isEqualTo(Command.run("sha256sum", made.toString()).split(" ", 2)[0]);
    assertThat(
            kubectl.run(
                "get",
                "pods",
                "--selector=app.kubernetes.io/name=lifeboat-operator",
                "--output=jsonpath={.items[*].status.containerStatuses[*].restartCount}"))
        .isEqualTo("0");
  }

  private static void install(String endpoint) throws Exception {
    String chart =
        new Helm(ProjectFolder.root().resolve("charts/lifeboat"))
            .template()
            .withKubeVersion("v1.36.0")
            .withName("lifeboat")
            .withNamespace("default")
            .set("agentEndpoint.address", endpoint)
            .set("agentEndpoint.serviceType", "NodePort")
            .set("agentEndpoint.nodePort", PORT)
            .set("image.pullPolicy", "Never")
            .call();
    Path rendered = Files.writeString(folder.resolve("chart.yaml"), chart);
    kubectl.run("apply", "--server-side", "--filename=" + rendered);
    try {
      kubectl.run("rollout", "status", "deployment/lifeboat-operator", "--timeout=180s");
    } catch (IOException e) {
      throw new AssertionError(
          e.getMessage()
              + "\n"
              + kubectl.run("describe", "pods")
              + kubectl.run("logs", "deployment/lifeboat-operator"),
          e);
    }
  }

  /** As the operator remembers a machine whose command was not pasted yet. */
  private static void expectMachine() throws IOException {
    kubectl.apply(
        """
        apiVersion: v1
        kind: Secret
        metadata:
          name: web-agent
          labels: {dr.lifeboat.dev/agent-of: web}
        stringData:
          agent.json: '{"machine":"UID","tokenHash":"HASH","tokenEnds":"2099-01-01T00:00:00Z"}'
        """
            .replace("UID", UUID.randomUUID().toString())
            .replace("HASH", Tokens.hash(TOKEN)));
  }

  @Test
  void imageIsNoLargerThanItsParts() throws Exception {
    Path archive = image();
    long packed = Files.size(archive);
    System.out.println("The operator's image has " + packed + " bytes packed");
    // A third of it is the agent's package, which does not shrink any more.
    assertThat(packed).isLessThan(180_000_000);
  }
}
