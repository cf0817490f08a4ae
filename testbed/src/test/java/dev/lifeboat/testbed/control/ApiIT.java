package dev.lifeboat.testbed.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lifeboat.testbed.cluster.ClusterFixture;
import dev.lifeboat.testbed.cluster.Kubectl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The API on a real API server, through the real kubectl. */
class ApiIT {

  @RegisterExtension private static final ClusterFixture SITE = new ClusterFixture();

  private static final String SERVERS =
      "processServers: {min: 1, max: 2, serviceType: LoadBalancer}";

  private static Kubectl kubectl;
  private static Path folder;

  @BeforeAll
  static void start() throws IOException {
    folder = SITE.folder();
    kubectl = SITE.kubectl();
    kubectl.run("apply", "--server-side", "--filename=" + Manifests.crds());
    kubectl.run("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s");
  }

  static List<Path> samples() throws IOException {
    try (Stream<Path> files = Files.list(Manifests.samples())) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void sampleIsAccepted(Path sample) throws IOException {
    String text = Files.readString(sample).replace("ACCOUNT", "account");
    Path file = Files.writeString(folder.resolve("sample.yaml"), text);
    assertThat(kubectl.run("apply", "--dry-run=server", "--validate=strict", "--filename=" + file))
        .contains("server dry run");
  }

  static Stream<Arguments> invalid() {
    return Stream.of(policies(), names(), machines(), plans(), runs()).flatMap(rows -> rows);
  }

  private static Stream<Arguments> names() {
    String machine = "policy: p\nsource: {host: {name: h}}";
    return Stream.of(
        Arguments.of(Manifests.policyNamed("gold.eu"), "must begin with a letter and have no dots"),
        Arguments.of(Manifests.policyNamed("1-gold"), "must begin with a letter and have no dots"),
        Arguments.of(
            Manifests.policyNamed("p".repeat(50)),
            "the name of a policy must not have more than 49 characters"),
        Arguments.of(
            Manifests.object("ProtectedVM", "v".repeat(64), machine),
            "the name of a ProtectedVM must not have more than 63 characters"));
  }

  static Stream<String> valid() {
    String machine = "policy: p\nsource: {host: {name: h}}";
    return Stream.of(
        Manifests.policyNamed("p".repeat(49)),
        Manifests.policyNamed("a"),
        Manifests.policyNamed("gold-2"),
        Manifests.policy("serviceType: LoadBalancer", "nodePortBase: 32766"),
        Manifests.object("ProtectedVM", "v".repeat(63), machine),
        Manifests.object("ProtectedVM", "1.example.com", machine));
  }

  @ParameterizedTest
  @MethodSource("valid")
  void objectAtTheLimitIsAccepted(String manifest) throws IOException {
    assertThat(dryRun(manifest)).contains("server dry run");
  }

  private static Stream<Arguments> policies() {
    return Stream.of(
        policy("endpoint: https", "endpoint: http", "should match '^https://"),
        policy(
            "  recoveryKeySecretRef: {name: key}",
            "  logContainer: lifeboat-log",
            "recoveryKeySecretRef: Required value"),
        policy(
            "rpoThresholdSeconds: 900",
            "rpoThresholdSeconds: 30",
            "rpoThresholdSeconds must not be below crashConsistentIntervalSeconds"),
        policy(
            "crashConsistentIntervalSeconds: 60",
            "crashConsistentIntervalSeconds: 4",
            "should be greater than or equal to 5"),
        policy("min: 1, max: 2", "min: 3, max: 2", "min must not be above max"),
        policy("max: 2", "max: 17", "should be less than or equal to 16"),
        policy(
            "serviceType: LoadBalancer", "serviceType: NodePort", "NodePort needs advertisedHost"),
        policy("serviceType: LoadBalancer", "cacheSize: 20GB", "should match"),
        policy(
            "serviceType: LoadBalancer",
            "nodePortBase: 80",
            "should be greater than or equal to 30000"),
        policy(
            "serviceType: LoadBalancer",
            "nodePortBase: 32767",
            "nodePortBase must leave a port to each of max servers"),
        policy("subscriptionId: 0", "subscriptionId: x", "should match"),
        policy("region: westeurope", "region: West Europe", "should match"),
        policy(
            "  subnetId:",
            "  testSubnetId: " + Manifests.SUBNET + "\n  subnetId:",
            "testSubnetId must be another subnet than subnetId"),
        policy("subnetId: /subscriptions", "subnetId: subscriptions", "should match"),
        policy(
            "resourceGroup: recovered",
            "resourceGroup: recovered\n  diskType: Ultra",
            "Unsupported value: \"Ultra\""));
  }

  private static Stream<Arguments> machines() {
    return Stream.of(
        row("ProtectedVM", "source: {host: {name: h}}", "policy: Required value"),
        row("ProtectedVM", "policy: p\nsource: {}", "host: Required value"),
        row("ProtectedVM", "policy: p\nsource: {host: {name: '-'}}", "should match"),
        row(
            "ProtectedVM",
            "policy: p\nsource: {host: {name: h}}\ndisks: [{id: 0, device: /dev/sda}]",
            "should be greater than or equal to 1"),
        row(
            "ProtectedVM",
            "policy: p\nsource: {host: {name: h}}\ndisks: [{id: 1, device: sda}]",
            "should match"),
        row(
            "ProtectedVM",
            "policy: p\nsource: {host: {name: h}}\ndisks: [{id: 1, device: /dev/sda}, {id: 1, device: /dev/sdb}]",
            "Duplicate value"),
        row("ProtectedVM", "policy: p\nsource: {host: {name: h}}\nmachineUid: abc", "should match"),
        row(
            "ProtectedVM",
            "policy: p\nsource: {host: {name: h}}\ndeletionPolicy: Delete",
            "Unsupported value: \"Delete\""),
        row(
            "ProtectedVM",
            "policy: p\nsource: {host: {name: h}}\ntarget: {privateIp: 10.0.0}",
            "should match"),
        row(
            "ProtectedVM",
            "policy: p\nsource: {host: {name: h}}\ntarget: {tags: {lifeboat-run: x}}",
            "tags that begin with lifeboat are ours"));
  }

  private static Stream<Arguments> plans() {
    return Stream.of(
        row("RecoveryPlan", "groups: []", "should have at least 1 items"),
        row("RecoveryPlan", "groups: [{name: a, members: []}]", "should have at least 1 items"),
        row(
            "RecoveryPlan",
            "groups: [{name: a, members: [x]}, {name: b, members: [x]}]",
            "a machine must stand in one group only"),
        row(
            "RecoveryPlan",
            "groups: [{name: a, members: [x, x]}]",
            "a machine must stand in a group only once"),
        row(
            "RecoveryPlan",
            "groups: [{name: a, members: [x]}, {name: a, members: [z]}]",
            "the names of the groups must differ"),
        row(
            "RecoveryPlan",
            "groups: [{name: a, members: [x]}]\nonError: Ignore",
            "Unsupported value: \"Ignore\""));
  }

  private static Stream<Arguments> runs() {
    return Stream.of(
        row("RecoveryRun", "machine: m", "action: Required value"),
        row("RecoveryRun", "action: Failback\nmachine: m", "Unsupported value: \"Failback\""),
        row("RecoveryRun", "action: Failover", "name a machine or a plan, one of both"),
        row(
            "RecoveryRun",
            "action: Failover\nmachine: m\nplan: p",
            "name a machine or a plan, one of both"),
        row(
            "RecoveryRun",
            "action: Commit\nmachine: m\npoint: {type: Latest}",
            "point has a meaning for TestFailover and Failover only"),
        row(
            "RecoveryRun",
            "action: Failover\nmachine: m\npoint: {type: Custom}",
            "Custom needs id or time, one of both"),
        row(
            "RecoveryRun",
            "action: Failover\nmachine: m\npoint: {type: Latest, time: '2026-01-01T00:00:00Z'}",
            "Custom needs id or time, one of both"),
        row(
            "RecoveryRun",
            "action: Failover\nmachine: m\npoint: {type: Custom, time: yesterday}",
            "should match"),
        row(
            "RecoveryRun",
            "action: Failover\nplan: p\npoint: {type: Custom, id: 00000000-0000-0000-0000-000000000001/1/2}",
            "point.id is of one machine"),
        row(
            "RecoveryRun",
            "action: TestFailover\nmachine: m\nacceptSplitBrain: true",
            "acceptSplitBrain has a meaning for Failover only"));
  }

  private static Arguments policy(String old, String changed, String message) {
    return Arguments.of(Manifests.policy(old, changed), message);
  }

  private static Arguments row(String kind, String spec, String message) {
    return Arguments.of(Manifests.object(kind, "x", spec), message);
  }

  @ParameterizedTest
  @MethodSource("invalid")
  void invalidObjectIsRefused(String manifest, String message) {
    assertThatThrownBy(() -> dryRun(manifest)).hasMessageContaining(message);
  }

  private static String dryRun(String manifest) throws IOException {
    Path file = Files.writeString(folder.resolve("object.yaml"), manifest);
    return kubectl.run("apply", "--dry-run=server", "--filename=" + file);
  }

  /** What may change and what may not, once it is there. */
  static Stream<Arguments> changes() {
    return Stream.of(serverChanges(), otherChanges()).flatMap(rows -> rows);
  }

  private static Stream<Arguments> serverChanges() {
    String size = "processServers.cacheSize is immutable";
    String storage = "processServers.storageClassName is immutable";
    return Stream.of(
        Arguments.of(servers("{cacheSize: 50Gi}"), servers("{cacheSize: 100Gi}"), size),
        Arguments.of(servers("{cacheSize: 50Gi}"), servers("{min: 2}"), size),
        Arguments.of(servers("{cacheSize: 50Gi}"), withoutServers(), size),
        Arguments.of(withoutServers(), servers("{cacheSize: 50Gi}"), size),
        Arguments.of(servers("{storageClassName: a}"), servers("{storageClassName: b}"), storage),
        Arguments.of(servers("{storageClassName: a}"), withoutServers(), storage),
        Arguments.of(withoutServers(), servers("{storageClassName: a}"), storage));
  }

  private static String servers(String changed) {
    return Manifests.policy(SERVERS, "processServers: " + changed);
  }

  private static String withoutServers() {
    return Manifests.policy(SERVERS, "");
  }

  private static Stream<Arguments> otherChanges() {
    String machine = "policy: p\nsource: {host: {name: h}}\n";
    String run = "action: Failover\nmachine: m\n";
    return Stream.of(
        Arguments.of(
            Manifests.policy("region: westeurope", "region: westeurope"),
            Manifests.policy("account.blob", "other.blob"),
            "the vault's endpoint is immutable"),
        Arguments.of(
            Manifests.object("ProtectedVM", "v", machine),
            Manifests.object("ProtectedVM", "v", machine.replace("policy: p", "policy: q")),
            "policy is immutable"),
        Arguments.of(
            Manifests.object("ProtectedVM", "v", machine),
            Manifests.object("ProtectedVM", "v", machine.replace("name: h", "name: i")),
            "source is immutable"),
        Arguments.of(
            Manifests.object("ProtectedVM", "v", machine),
            Manifests.object(
                "ProtectedVM", "v", machine + "machineUid: 00000000-0000-0000-0000-000000000001"),
            "machineUid is immutable"),
        Arguments.of(
            Manifests.object("RecoveryRun", "r", run),
            Manifests.object("RecoveryRun", "r", run.replace("machine: m", "machine: other")),
            "a run is immutable but for cancel"),
        Arguments.of(
            Manifests.object("RecoveryRun", "r", run),
            Manifests.object("RecoveryRun", "r", run + "point: {type: LatestProcessed}"),
            "a run is immutable but for cancel"),
        Arguments.of(
            Manifests.object("RecoveryRun", "r", run + "cancel: true"),
            Manifests.object("RecoveryRun", "r", run + "cancel: false"),
            "cancel goes one way"),
        Arguments.of(
            Manifests.object("RecoveryRun", "r", run + "cancel: true"),
            Manifests.object("RecoveryRun", "r", run),
            "cancel goes one way"));
  }

  @ParameterizedTest
  @MethodSource("changes")
  void changeIsRefused(String first, String second, String message) throws IOException {
    kubectl.apply(first);
    try {
      assertThatThrownBy(() -> kubectl.apply(second)).hasMessageContaining(message);
    } finally {
      Path file = Files.writeString(folder.resolve("first.yaml"), first);
      kubectl.run("delete", "--filename=" + file);
    }
  }

  @Test
  void defaultThatIsSaidOrLeftOut_isNoChange() throws IOException {
    kubectl.apply(withoutServers());
    kubectl.apply(servers("{cacheSize: 20Gi, max: 8}"));
    kubectl.apply(servers("{serviceType: ClusterIP}"));
    kubectl.apply(withoutServers());
    kubectl.run("delete", "rpol/p");
  }

  @Test
  void cancelMayBeSet_andTheCategoryListsAllKinds() throws IOException {
    String run = Manifests.object("RecoveryRun", "c", "action: Failover\nmachine: m\n");
    kubectl.apply(run);
    kubectl.apply(run + "  cancel: true\n");
    kubectl.apply(Manifests.policy("region: westeurope", "region: westeurope"));
    assertThat(kubectl.run("get", "dr"))
        .contains("recoveryrun.dr.lifeboat.dev/c", "replicationpolicy.dr.lifeboat.dev/p");
    assertThat(kubectl.run("get", "rrun")).contains("ACTION", "PHASE", "RPO", "RTO");
    assertThat(kubectl.run("explain", "recoveryrun.spec.point")).contains("LatestProcessed");
    assertThat(
            kubectl.run(
                "get",
                "rpol",
                "p",
                "--output=jsonpath={.spec.vault.logContainer},{.spec.target.diskType}"))
        .contains("lifeboat-log,StandardSSD_LRS");
    kubectl.run("delete", "rrun/c", "rpol/p");
  }
}
