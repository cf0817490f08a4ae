package dev.lifeboat.testbed.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lifeboat.testbed.cluster.ClusterFixture;
import dev.lifeboat.testbed.cluster.Kubectl;
import dev.lifeboat.vault.azurite.Azurite;
import dev.lifeboat.vault.key.RecoveryKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The operator on a real API server and a real blob service, with the rights that the chart gives
 * it and no others; no process server runs, for there are no images here.
 */
class ControlPlaneIT {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration TWO_LOOKS = Duration.ofSeconds(22);
  private static final String KEY = RecoveryKey.generate().text();

  @RegisterExtension private static final ClusterFixture SITE = new ClusterFixture();

  private static Azurite azurite;
  private static Kubectl kubectl;
  private static ChartOperator operator;

  @BeforeAll
  static void start() throws Exception {
    azurite = Azurite.start(Files.createDirectory(SITE.folder().resolve("azurite")));
    kubectl = SITE.kubectl();
    operator = ChartOperator.start(SITE);
  }

  @AfterAll
  static void stop() throws IOException {
    if (operator != null) {
      operator.close();
    }
    if (azurite != null) {
      azurite.close();
    }
  }

  @Test
  void fromPolicyToEnrolledAgent_andBack() throws Exception {
    policySaysWhatIsMissing_untilItIsThere();
    policySaysWhatIsRefused_untilItIsTaken();
    AgentClient agent = machineIsEnrolled_once();
    settledObjectsAreNotWritten();
    runWaitsForACredential_andIsCancelled_orDeleted();
    agent = anotherAgentTakesTheFirstOnesPlace(agent);
    deletedMachineIsShutOut_itsHeadStays(agent);
    machineDeletedAfterItsPolicy_isShutOutWhenThePolicyIsBack(agent.ofTheSameMachine());
  }

  private static String policy() {
    return Manifests.object(
        "ReplicationPolicy",
        "gold",
        """
        vault:
          endpoint: ENDPOINT
          credentialSecretRef: {name: vault-access}
          caSecretRef: {name: vault-ca}
          recoveryKeySecretRef: {name: recovery-key}
        rpoThresholdSeconds: 60
        crashConsistentIntervalSeconds: 5
        processServers: {cacheSize: 64Mi, serviceType: ClusterIP}
        target:
          subscriptionId: 00000000-0000-0000-0000-000000000001
          resourceGroup: recovered
          region: westeurope
          subnetId: SUBNET
          testSubnetId: SUBNET-test
        """
            .replace("ENDPOINT", azurite.endpoint().toString())
            .replace("SUBNET", Manifests.SUBNET));
  }

  private static void policySaysWhatIsMissing_untilItIsThere() throws IOException {
    kubectl.apply(policy());
    await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(condition("rpol/gold", "VaultReady"))
                .isEqualTo(
                    "False SecretMissing there is no Secret vault-access in this namespace:"
                        + " make it"));
    kubectl.run(
        "create",
        "secret",
        "generic",
        "vault-access",
        "--from-literal=account=" + Azurite.ACCOUNT,
        "--from-file=accountKey=" + azurite.sharedKeyFile());
    kubectl.run(
        "create", "secret", "generic", "vault-ca", "--from-file=ca.crt=" + azurite.caFile());
    kubectl.run(
        "create", "secret", "generic", "recovery-key", "--from-literal=recovery.key=" + KEY);
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(condition("rpol/gold", "VaultReady")).startsWith("True Reached"));
    await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(kubectl.run("get", "statefulset,service,networkpolicy,configmap,secret"))
                .contains(
                    "statefulset.apps/gold-ps",
                    "service/gold-ps-0",
                    "networkpolicy.networking.k8s.io/gold-ps",
                    "configmap/gold-configuration",
                    "secret/gold-ps-identity",
                    "secret/gold-ps-volume-key"));
    assertThat(
            kubectl.run(
                "get",
                "statefulset/gold-ps",
                "--output=jsonpath={.spec.template.spec.imagePullSecrets[*].name}"))
        .isEqualTo("registry");
    assertThat(condition("rpol/gold", "ServersReady")).startsWith("False ServersStarting");
  }

  private static void policySaysWhatIsRefused_untilItIsTaken() throws IOException {
    kubectl.run("create", "service", "nodeport", "other", "--tcp=80", "--node-port=31999");
    kubectl.apply(
        policy()
            .replace(
                "serviceType: ClusterIP",
                "serviceType: NodePort, advertisedHost: node, nodePortBase: 31999"));
    await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(condition("rpol/gold", "ServersReady"))
                .startsWith("False ServersRefused")
                .contains("31999: provided port is already allocated"));
    assertThat(condition("rpol/gold", "Ready")).startsWith("False ServersRefused");
    assertThat(condition("rpol/gold", "VaultReady")).startsWith("True Reached");
    assertThat(kubectl.run("get", "events")).contains("ServersRefused");
    kubectl.run("delete", "service", "other");
    await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(condition("rpol/gold", "ServersReady")).startsWith("False ServersStarting"));
    kubectl.apply(policy());
  }

  private static AgentClient machineIsEnrolled_once() throws Exception {
    for (String name : new String[] {"one", "two"}) {
      kubectl.apply(
          Manifests.object(
              "ProtectedVM", name, "policy: gold\nsource: {host: {name: " + name + "}}\n"));
    }
    String command = command("one");
    String token = token("one");
    String ca =
        new String(
            Base64.getDecoder()
                .decode(
                    kubectl
                        .run("get", "secret", "lifeboat-ca", "--output=jsonpath={.data.ca\\.crt}")
                        .strip()),
            StandardCharsets.US_ASCII);
    String hash =
        HexFormat.of()
            .formatHex(
                MessageDigest.getInstance("SHA-256")
                    .digest(ca.getBytes(StandardCharsets.US_ASCII)));
    assertThat(command).contains("--ca-sha256 " + hash);
    int port = operator.managementPort();
    AgentClient agent = new AgentClient(port, ca, "hardware-1");
    assertThat(agent.enrol("0".repeat(40)).status()).isEqualTo(403);
    AgentClient.Answer enrolled = agent.enrol(token);
    assertThat(enrolled.status()).as(enrolled.body()).isEqualTo(200);
    assertThat(enrolled.json().path("machine").asText())
        .isEqualTo(
            kubectl.run("get", "pvm", "one", "--output=jsonpath={.status.machineUid}").strip());
    assertThat(enrolled.json().at("/disks/1/device").asText()).isEqualTo("/dev/sdb");

    AgentClient twice = new AgentClient(port, ca, "hardware-2");
    assertThat(twice.enrol(token).body()).contains("used already");
    String second = token("two");
    AgentClient wrong = new AgentClient(port, ca, "hardware-1");
    assertThat(wrong.enrol(second).body()).contains("enrolled already, as ProtectedVM one");

    String before = agent.serial();
    assertThat(agent.renew().status()).isEqualTo(200);
    assertThat(agent.serial()).isNotEqualTo(before);
    AgentClient.Answer assignment = agent.report("Converging", true);
    assertThat(assignment.status()).as(assignment.body()).isEqualTo(200);
    assertThat(assignment.json().at("/servers/0/name").asText())
        .isEqualTo("gold.default.process-server.lifeboat");
    assertThat(assignment.json().at("/markEverySeconds").asInt()).isEqualTo(5);
    assertThat(assignment.json().at("/disks/1/device").asText()).isEqualTo("/dev/sdb");
    await()
        .atMost(SOON)
        .untilAsserted(() -> {
          assertThat(condition("pvm/one", "AgentHealthy")).startsWith("True Reporting");
          assertThat(condition("pvm/one", "Replicating")).startsWith("True Streaming");
          assertThat(kubectl.run("get", "pvm", "one")).contains("InitialReplication");
        });
    assertThat(condition("pvm/two", "AgentHealthy")).startsWith("False NotEnrolled");
    return agent;
  }

  private static String token(String machine) throws IOException {
    return command(machine).replaceAll(".*LIFEBOAT_TOKEN=(\\S+).*", "$1");
  }

  private static String command(String machine) throws IOException {
    await()
        .atMost(SOON)
        .ignoreExceptions()
        .until(() -> !kubectl.run("get", "secret", machine + "-agent").isEmpty());
    String data =
        kubectl
            .run("get", "secret", machine + "-agent", "--output=jsonpath={.data.command}")
            .strip();
    return new String(Base64.getDecoder().decode(data), StandardCharsets.US_ASCII);
  }

  /** Two looks later everything has the version that it had. */
  private static void settledObjectsAreNotWritten() throws IOException {
    String[] names = {
      "pvm/two",
      "rpol/gold",
      "service/gold-ps-0",
      "configmap/gold-configuration",
      "secret/two-agent",
      "secret/gold-ps-identity",
      "networkpolicy/gold-ps"
    };
    // The first look may still find what the last step left to be counted.
    AtomicReference<String> last = new AtomicReference<>("");
    await()
        .pollDelay(Duration.ZERO)
        .pollInterval(TWO_LOOKS)
        .atMost(TWO_LOOKS.multipliedBy(4))
        .until(() -> {
          StringBuilder now = new StringBuilder();
          for (String name : names) {
            now.append(version(name));
          }
          return now.toString().equals(last.getAndSet(now.toString()));
        });
  }

  private static String version(String name) throws IOException {
    return name
        + "="
        + kubectl.run("get", name, "--output=jsonpath={.metadata.resourceVersion}").strip()
        + " ";
  }

  private static void runWaitsForACredential_andIsCancelled_orDeleted() throws IOException {
    String run = Manifests.object("RecoveryRun", "drill", "action: TestFailover\nmachine: one\n");
    kubectl.apply(run);
    await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(condition("rrun/drill", "Ready"))
                .startsWith("False CredentialRefused one: renew the credential"));
    assertThat(kubectl.run("get", "rrun", "drill")).contains("machine/one", "Running");
    assertThat(kubectl.run("get", "events")).contains("CredentialRefused");
    kubectl.apply(run + "  cancel: true\n");
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(kubectl.run("get", "rrun", "drill")).contains("Cancelled"));
    kubectl.apply(
        Manifests.object("RecoveryRun", "dropped", "action: TestFailover\nmachine: one\n"));
    await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(condition("rrun/dropped", "Ready")).startsWith("False CredentialRefused"));
    kubectl.run("delete", "rrun/dropped", "rrun/drill", "--timeout=60s");
  }

  private static AgentClient anotherAgentTakesTheFirstOnesPlace(AgentClient first)
      throws Exception {
    assertThat(first.report("Consistent", true).status()).isEqualTo(200);
    kubectl.run("annotate", "pvm/one", "dr.lifeboat.dev/enrol-again=reinstalled");
    await()
        .atMost(SOON)
        .ignoreExceptions()
        .untilAsserted(
            () -> assertThat(condition("pvm/one", "AgentHealthy")).startsWith("False NotEnrolled"));
    assertThat(first.report("Consistent", true).body()).contains("enrolled anew");
    assertThat(denied()).contains(first.serial());
    AgentClient second = first.ofTheSameMachine();
    AgentClient.Answer enrolled = second.enrol(token("one"));
    assertThat(enrolled.status()).as(enrolled.body()).isEqualTo(200);
    assertThat(enrolled.json().path("machine").asText())
        .isEqualTo(
            kubectl.run("get", "pvm", "one", "--output=jsonpath={.status.machineUid}").strip());
    assertThat(enrolled.json().at("/disks/1/device").asText()).isEqualTo("/dev/sdb");
    assertThat(second.report("Converging", true).status()).isEqualTo(200);
    return second;
  }

  private static String denied() {
    return azurite
        .owner()
        .getBlobContainerClient("lifeboat-head")
        .getBlobClient("denied")
        .downloadContent()
        .toString();
  }

  private static void deletedMachineIsShutOut_itsHeadStays(AgentClient agent) throws Exception {
    kubectl.run("delete", "pvm/one", "--timeout=60s");
    assertThat(agent.report("Consistent", true).status()).isEqualTo(403);
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(kubectl.run("get", "secrets")).doesNotContain("one-agent"));
    kubectl.run("delete", "rpol/gold", "--timeout=60s");
    await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(kubectl.run("get", "statefulset,service,networkpolicy,configmap,secret"))
                .doesNotContain("gold-"));
  }

  private static void machineDeletedAfterItsPolicy_isShutOutWhenThePolicyIsBack(AgentClient agent)
      throws Exception {
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(condition("pvm/two", "RpoMet")).startsWith("Unknown PolicyMissing"));
    assertThat(agent.enrol(token("two")).status()).isEqualTo(200);
    kubectl.run("delete", "pvm/two", "--cascade=orphan", "--timeout=60s");
    assertThat(agent.renew().status()).as("though its Secret stays").isEqualTo(403);
    assertThat(kubectl.run("get", "secrets")).contains("two-agent", "lifeboat-denied-");
    assertThat(denied()).doesNotContain(agent.serial());

    kubectl.apply(policy());
    await().atMost(SOON).untilAsserted(() -> assertThat(denied()).contains(agent.serial()));
    kubectl.apply(
        Manifests.object("ProtectedVM", "two", "policy: gold\nsource: {host: {name: two}}\n"));
    await().atMost(SOON).ignoreExceptions().until(() -> token("two").matches("[0-9a-f]{40}"));
    AgentClient next = agent.ofTheSameMachine();
    assertThat(next.enrol(token("two")).status()).isEqualTo(200);
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(next.report("Converging", true).status()).isEqualTo(200));
  }

  private static String condition(String object, String type) throws IOException {
    return kubectl
        .run(
            "get",
            object,
            "--output=jsonpath={range .status.conditions[?(@.type==\""
                + type
                + "\")]}{.status} {.reason} {.message}{end}")
        .strip();
  }
}
