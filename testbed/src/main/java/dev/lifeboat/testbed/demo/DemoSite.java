package dev.lifeboat.testbed.demo;

import dev.lifeboat.testbed.azure.AzureSettings;
import dev.lifeboat.testbed.azure.AzureSite;
import dev.lifeboat.testbed.azure.QemuMachines;
import dev.lifeboat.testbed.cluster.Cluster;
import dev.lifeboat.testbed.cluster.Clusters;
import dev.lifeboat.testbed.cluster.Kubectl;
import dev.lifeboat.testbed.machine.Guest;
import dev.lifeboat.testbed.machine.GuestSsh;
import dev.lifeboat.testbed.machine.MachineImage;
import dev.lifeboat.testbed.machine.Machines;
import dev.lifeboat.testbed.network.TestNetwork;
import dev.lifeboat.testbed.process.ProjectFolder;
import dev.lifeboat.vault.key.RecoveryKey;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Everything that the story needs, in one network: a guest that works, a cluster with the chart in
 * it, and an Azure with a network for failovers and one for tests. Closing ends all of it.
 */
public final class DemoSite implements AutoCloseable {
  static final String NETWORK_GROUP = "network";
  static final String MACHINES_GROUP = "recovered";
  static final int MANAGEMENT_PORT = 30443;

  private final Path folder;
  private final Timeline timeline;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private TestNetwork network;
  private Guest guest;
  private Cluster cluster;
  private Kubectl kubectl;
  private AzureSite azure;
  private AzurePrompt prompt;

  /**
   * Nothing is started yet.
   *
   * @param folder existing and empty; all that is written is below it
   */
  public DemoSite(Path folder, Timeline timeline) {
    this.folder = folder;
    this.timeline = timeline;
  }

  /** Starts all of it. On failure what runs is ended by {@link #close}. */
  public void start() throws Exception {
    network = keep(TestNetwork.start());
    timeline.step("a machine gets power, with two disks", this::startGuest);
    startServices();
  }

  /** As {@link #start}, but without a guest: for a machine that is there already. */
  public void startWithoutGuest() throws Exception {
    network = keep(TestNetwork.start());
    startServices();
  }

  private void startServices() throws Exception {
    timeline.step("Azure: storage, Resource Manager, networks", this::startAzure);
    timeline.step("a Kubernetes cluster", this::startCluster);
    timeline.step("images of the operator and the process server", this::loadImages);
    timeline.step("helm install lifeboat", this::install);
  }

  private void startGuest() throws IOException {
    Machines machines =
        keep(new Machines(network, Files.createDirectory(folder.resolve("machines"))));
    guest = machines.create("shop", MachineImage.debian(), UUID.randomUUID()).boot();
  }

  private void startAzure() throws IOException {
    Path own = Files.createDirectory(folder.resolve("azure"));
    QemuMachines host =
        new QemuMachines(network, Files.createDirectory(folder.resolve("azure-networks")));
    azure =
        keep(
            AzureSite.start(
                own, AzureSettings.loopback().at(network.azureAddress()).booting(host)));
    prompt = new AzurePrompt(azure);
    prompt.makeNetwork(
        NETWORK_GROUP, "recovery", "10.20.0.0/24", Map.of("servers", "10.20.0.0/24"));
    prompt.makeNetwork(NETWORK_GROUP, "drill", "10.21.0.0/24", Map.of("servers", "10.21.0.0/24"));
  }

  private void startCluster() throws IOException {
    cluster = keep(Clusters.start(network, Files.createDirectory(folder.resolve("cluster"))));
    kubectl = new Kubectl(cluster.kubeconfig());
  }

  private void loadImages() throws IOException {
    for (String module : List.of("operator", "replicator")) {
      Path archive = archive(module);
      if (!Files.exists(archive)) {
        throw new IOException(archive + " is missing: build it by 'mvn -DskipTests package'");
      }
      cluster.load(archive);
    }
  }

  private static Path archive(String module) throws IOException {
    return ProjectFolder.root().resolve(module + "/target/jib-image.tar");
  }

  private void install() throws IOException {
    kubectl.run(
        "create", "configmap", "azure-ca", "--from-file=ca.crt=" + azure.caFile().toString());
    kubectl.apply(
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: azure-credential}
        stringData:
          AZURE_TENANT_ID: %s
          AZURE_CLIENT_ID: %s
          AZURE_CLIENT_SECRET: %s
        """
            .formatted(
                azure.account().tenant(), azure.account().client(), azure.account().secret()));
    HelmInstall.run(
        ProjectFolder.root().resolve("charts/lifeboat"),
        cluster.kubeconfig(),
        Map.of(
            "image.pullPolicy",
            "Never",
            "agentEndpoint.address",
            agentEndpoint(),
            "agentEndpoint.serviceType",
            "NodePort",
            "agentEndpoint.nodePort",
            Integer.toString(MANAGEMENT_PORT),
            "azure.endpoint",
            azure.management().toString(),
            "azure.authority",
            azure.login().toString(),
            "azure.caConfigMap",
            "azure-ca",
            "azure.environmentSecret",
            "azure-credential"));
    kubectl.run("rollout", "status", "deployment/lifeboat-operator", "--timeout=240s");
  }

  /** Where agents reach the operator. */
  public String agentEndpoint() {
    return nodeAddress() + ":" + MANAGEMENT_PORT;
  }

  /** Where the node's ports are. */
  public String nodeAddress() {
    return cluster.address().getHostAddress();
  }

  /** The Secrets that a policy of this Azure's vault refers to. */
  public String vaultSecrets() throws IOException {
    return """
    apiVersion: v1
    kind: Secret
    metadata: {name: vault-access}
    stringData: {account: %s, accountKey: "%s"}
    ---
    apiVersion: v1
    kind: Secret
    metadata: {name: vault-ca}
    data: {ca.crt: %s}
    ---
    apiVersion: v1
    kind: Secret
    metadata: {name: recovery-key}
    stringData: {recovery.key: "%s"}
    """
        .formatted(
            AzureSite.VAULT_ACCOUNT,
            azure.vaultKey(),
            Base64.getEncoder().encodeToString(Files.readAllBytes(azure.caFile())),
            Files.readString(recoveryKey()));
  }

  /** Where the vault's owner keeps the recovery key: not in the cluster alone. */
  private Path recoveryKey() throws IOException {
    Path file = folder.resolve("recovery.key");
    if (!Files.exists(file)) {
      Files.writeString(file, RecoveryKey.generate().text());
    }
    return file;
  }

  /** The vault's owner, with nothing but the key and the account. */
  ByHand byHand() throws IOException {
    return new ByHand(Files.createDirectories(folder.resolve("by-hand")), azure, recoveryKey());
  }

  /** The vault's address in this Azure. */
  public String vaultEndpoint() {
    return azure.vaultEndpoint().toString();
  }

  /** A way into a replica, which has the guest's keys. */
  GuestSsh replica(String address) throws IOException {
    return new GuestSsh(network.enter(), MachineImage.debian(), InetAddress.getByName(address));
  }

  Guest guest() {
    return guest;
  }

  /** As the cluster's administrator. */
  public Kubectl kubectl() {
    return kubectl;
  }

  Cluster cluster() {
    return cluster;
  }

  AzureSite azure() {
    return azure;
  }

  AzurePrompt prompt() {
    return prompt;
  }

  private <T extends AutoCloseable> T keep(T part) {
    open.push(part);
    return part;
  }

  @Override
  public void close() throws IOException {
    IOException first = null;
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) { // the others must end all the same
        if (first == null) {
          first = new IOException("not everything of the demo ended", e);
        } else {
          first.addSuppressed(e);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
