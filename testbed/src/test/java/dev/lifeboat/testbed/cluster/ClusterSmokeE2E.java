package dev.lifeboat.testbed.cluster;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.lifeboat.testbed.network.TestNetwork;
import dev.lifeboat.testbed.process.Command;
import dev.lifeboat.testbed.process.ProjectFolder;
import dev.lifeboat.vault.key.RecoveryKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What everything later takes for granted of a cluster, whichever it is. */
class ClusterSmokeE2E {

  @RegisterExtension private static final ClusterFixture SITE = new ClusterFixture();

  private static Path folder;
  private static TestNetwork network;
  private static Cluster cluster;
  private static Kubectl kubectl;

  @BeforeAll
  static void start() throws Exception {
    folder = SITE.folder();
    network = SITE.network();
    cluster = SITE.cluster();
    kubectl = SITE.kubectl();
    Path probe = folder.resolve("busybox.tar");
    Command.run(
        KubernetesPrograms.find().folder().resolve("testbed-node").toString(),
        "image",
        "localhost/busybox:1",
        probe.toString(),
        "65532",
        "/bin/busybox",
        "/bin/busybox=" + Command.find("busybox").orElseThrow());
    cluster.load(probe);
  }

  @Test
  void givesAPodNamesAndVolumesOfBothModes_withoutRootOrAWritableRoot() throws Exception {
    kubectl.apply(manifest("probe.yaml"));
    kubectl.run("wait", "--for=condition=Ready", "pod/probe", "--timeout=90s");

    assertThat(probe("id -u")).isEqualTo("65532\n");
    assertThatThrownBy(() -> probe("touch /x")).hasMessageContaining("Read-only file system");
    assertThat(probe("nslookup probe.default.svc.cluster.local"))
        .contains("Name:\tprobe.default.svc.cluster.local");
    assertThat(probe("nslookup kubernetes.default.svc.cluster.local")).contains("10.");
    assertThatThrownBy(() -> probe("nslookup www.example.org")).hasMessageContaining("NXDOMAIN");
    assertThat(probe("echo kept >/files/index.html && cat /files/index.html")).isEqualTo("kept\n");
    assertThat(
            probe(
                "echo block | dd of=/dev/volume bs=512 conv=sync 2>/dev/null; sync;"
                    + " head -n 1 /dev/volume; dd if=/dev/volume of=/dev/null bs=1M 2>&1"))
        .startsWith("block\n")
        .contains("64+0 records in");

    // The same files, from a machine of the network that is no pod.
    String url = "http://%s:30080/".formatted(cluster.address().getHostAddress());
    assertThat(Command.run(network.enter(), "curl", "-s", url)).isEqualTo("kept\n");
    assertThat(Command.run("curl", "-s", url)).isEqualTo("kept\n");

    kubectl.run("delete", "pod/probe", "pvc/files", "pvc/device", "--wait", "--now");
    await().atMost(60, SECONDS).until(() -> kubectl.run("get", "pv", "--output=name").isEmpty());
  }

  @Test
  void namesTheAzureSide() throws Exception {
    kubectl.apply(manifest("resolver.yaml"));
    await()
        .atMost(60, SECONDS)
        .until(() -> kubectl.run("get", "pod/resolver").contains("Completed"));
    assertThat(kubectl.run("logs", "resolver"))
        .contains(network.azureAddress().getHostAddress())
        .doesNotContain("NXDOMAIN");
  }

  @Test
  void runsTheProcessServerOfTheReplicatorImage() throws Exception {
    cluster.load(image());
    String authority = folder.resolve("ca").toString();
    makeSecrets(authority);
    kubectl.apply(manifest("process-server.yaml"));
    try {
      kubectl.run("rollout", "status", "deployment/process-server", "--timeout=120s");
    } catch (IOException e) {
      throw new AssertionError(
          e.getMessage() + "\n" + kubectl.run("logs", "deployment/process-server"), e);
    }
    assertThat(
            kubectl.run(
                "get",
                "pods",
                "--selector=app=process-server",
                "--output=jsonpath={.items[*].status.phase}"))
        .isEqualTo("Running");

    // It answers outside the pod network, with its own certificate.
    String address = cluster.address().getHostAddress();
    assertThat(
            Command.run(
                network.enter(),
                words("curl -s -o /dev/null -w %{http_code} http://" + address + ":30464/ready")
                    .toArray(String[]::new)))
        .isEqualTo("200");
    assertThat(
            Command.attempt(
                    words(
                        "openssl s_client -connect "
                            + address
                            + ":30443 -alpn lifeboat -CAfile "
                            + authority
                            + "/ca.crt"),
                    Duration.ofSeconds(20))
                .output())
        .contains("Verification: OK");
  }

  @Test
  void hasASmallReplicatorImage() throws Exception {
    String unpacked =
        Command.run(
            "bash",
            "-c",
            "tar -xOf \"$0\" --wildcards '*.tar.gz' | zcat | wc -c",
            image().toString());
    System.out.println("The image has " + unpacked.strip() + " bytes unpacked");
    assertThat(Long.parseLong(unpacked.strip())).isLessThan(120_000_000);
  }

  /** The server's identity, and what it needs to know of the vault. */
  private static void makeSecrets(String authority) throws IOException {
    String replicator = ProjectFolder.root().resolve("bin/lifeboat-replicator").toString();
    String server = folder.resolve("server").toString();
    String address = cluster.address().getHostAddress();
    Command.run(replicator, "ca", "create", "--out", authority);
    Command.run(
        words(
            "%s ca server --ca %s --host %s --out %s"
                .formatted(replicator, authority, address, server)));
    Path key = folder.resolve("recovery.key");
    RecoveryKey.generate().write(key);
    kubectl.run("create", "secret", "generic", "server", "--from-file=" + server);
    kubectl.run(
        "create",
        "secret",
        "generic",
        "vault",
        "--from-file=" + key,
        "--from-literal=account.key=bGlmZWJvYXQ=",
        "--from-file=" + authority + "/ca.crt");
  }

  private static List<String> words(String line) {
    return List.of(line.split(" ", -1));
  }

  private static Path image() throws IOException {
    Path archive = ProjectFolder.root().resolve("replicator/target/jib-image.tar");
    assertThat(archive).as("the image, made by the build's package phase").exists();
    return archive;
  }

  private static String probe(String script) throws IOException {
    return kubectl.run("exec", "probe", "--", "busybox", "sh", "-c", script);
  }

  private static String manifest(String name) throws IOException {
    try (InputStream file = ClusterSmokeE2E.class.getResourceAsStream(name)) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8)
          .replace("VERSION", System.getProperty("lifeboat.version", "0.1.0-SNAPSHOT"));
    }
  }
}
