package dev.lifeboat.testbed.azure;

import com.azure.core.util.Context;
import com.azure.core.util.polling.SyncPoller;
import com.azure.resourcemanager.compute.fluent.ComputeManagementClient;
import com.azure.resourcemanager.compute.fluent.models.DiskInner;
import com.azure.resourcemanager.compute.fluent.models.VirtualMachineInner;
import com.azure.resourcemanager.compute.models.InstanceViewTypes;
import com.azure.resourcemanager.network.fluent.NetworkManagementClient;
import com.azure.resourcemanager.network.fluent.models.SubnetInner;
import com.azure.resourcemanager.network.fluent.models.VirtualNetworkInner;
import com.azure.resourcemanager.network.models.AddressSpace;
import com.azure.resourcemanager.resources.ResourceManager;
import dev.lifeboat.crds.ReplicationPolicy;
import dev.lifeboat.crds.ReplicationPolicySpec;
import dev.lifeboat.crds.SecretRef;
import dev.lifeboat.crds.TargetSpec;
import dev.lifeboat.crds.VaultSpec;
import dev.lifeboat.operator.cloud.Replica;
import dev.lifeboat.vault.key.RecoveryKey;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * An Azure with the networks of a recovery, and what a policy and its Secrets say of it. It takes
 * disks of 16 MiB. Closed by whoever started it.
 */
public final class CloudSite implements AutoCloseable {

  /** Where replicas come up; made by who needs it. */
  public static final String GROUP = "recovered";

  /** The region of everything. */
  public static final String REGION = "westeurope";

  private static final String CLOUD = "azure-access";
  private static final String VAULT = "vault-access";
  private static final long SMALLEST = (16 << 20) + 512;

  private final Path folder;
  private final AzureSite azure;
  private final Sdk sdk;
  private final ComputeManagementClient compute;
  private final NetworkManagementClient network;
  private final ResourceManager resources;
  private final Map<String, Map<String, String>> secrets = new ConcurrentHashMap<>();

  private CloudSite(Path folder, AzureSite azure) throws IOException {
    this.folder = folder;
    this.azure = azure;
    sdk = new Sdk(azure);
    compute = sdk.compute().serviceClient();
    network = sdk.network().serviceClient();
    resources = sdk.resources();
  }

  /** Starts it; its files lie in {@code folder}, which is the caller's to remove. */
  public static CloudSite start(Path folder, AzureSettings settings) throws IOException {
    AzureSite azure = AzureSite.start(folder, settings);
    try {
      CloudSite site = new CloudSite(folder, azure);
      azure.limits().smallestUpload(SMALLEST);
      site.networks();
      site.credential(azure.account().secret());
      site.secrets.put(
          VAULT, Map.of("account", AzureSite.VAULT_ACCOUNT, "accountKey", azure.vaultKey()));
      site.secrets.put("authority", Map.of("ca.crt", Files.readString(azure.caFile())));
      site.secrets.put("recovery-key", Map.of("recovery.key", RecoveryKey.generate().text()));
      return site;
    } catch (IOException | RuntimeException e) {
      azure.close();
      throw e;
    }
  }

  private void networks() {
    var _ = resources.resourceGroups().define("network").withRegion(REGION).create();
    await(
        network
            .getVirtualNetworks()
            .beginCreateOrUpdate(
                "network",
                "recovery",
                new VirtualNetworkInner()
                    .withLocation(REGION)
                    .withAddressSpace(
                        new AddressSpace().withAddressPrefixes(List.of("10.1.0.0/16")))
                    .withSubnets(
                        List.of(
                            new SubnetInner().withName("servers").withAddressPrefix("10.1.2.0/24"),
                            new SubnetInner()
                                .withName("tests")
                                .withAddressPrefix("10.1.3.0/24")))));
  }

  /** Not by the SDK's own waiting, which takes the site's Retry-After at its word. */
  private static void await(SyncPoller<?, ?> operation) {
    Awaitility.await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> operation.poll().getStatus().isComplete());
  }

  /** What is simulated, its faults and limits. */
  public AzureSite azure() {
    return azure;
  }

  /** What a replica wrote to its serial console since it was started last. */
  public String console(String vm) {
    return sdk.console(GROUP, vm);
  }

  Sdk sdk() {
    return sdk;
  }

  /** What an operator's Azure settings are to be. */
  public dev.lifeboat.operator.azure.AzureSettings settings() {
    return new dev.lifeboat.operator.azure.AzureSettings(
        azure.management(), azure.login(), Optional.of(azure.caFile()));
  }

  /** The Secrets that {@link #policy} names, whatever their namespace; may be changed. */
  public Map<String, Map<String, String>> secrets() {
    return secrets;
  }

  /** Lays the service principal's secret into its Secret. */
  public void credential(String clientSecret) {
    secrets.put(
        CLOUD,
        Map.of(
            "tenantId", azure.account().tenant(),
            "clientId", azure.account().client(),
            "clientSecret", clientSecret));
  }

  /** The resource id of a subnet: {@code servers} or {@code tests}. */
  public String subnet(String name) {
    return "/subscriptions/%s/resourceGroups/network/providers/Microsoft.Network/virtualNetworks/recovery/subnets/%s"
        .formatted(azure.account().subscription(), name);
  }

  /** A policy of which all is there. */
  public ReplicationPolicy policy() {
    return policy(
        new TargetSpec(
            azure.account().subscription(),
            GROUP,
            REGION,
            subnet("servers"),
            subnet("tests"),
            null,
            null,
            new SecretRef(CLOUD)));
  }

  /** As {@link #policy()}, with another target. */
  public ReplicationPolicy policy(TargetSpec target) {
    ReplicationPolicy policy = new ReplicationPolicy();
    policy.setMetadata(
        new ObjectMetaBuilder().withName("gold").withNamespace("test").withUid("gold").build());
    policy.setSpec(
        new ReplicationPolicySpec(
            new VaultSpec(
                azure.vaultEndpoint().toString(),
                new SecretRef(VAULT),
                new SecretRef("authority"),
                new SecretRef("recovery-key"),
                null,
                null),
            60,
            5,
            null,
            target));
    return policy;
  }

  /** The VM as the official SDK sees it. */
  VirtualMachineInner vm(String name) {
    return compute
        .getVirtualMachines()
        .getByResourceGroupWithResponse(GROUP, name, InstanceViewTypes.INSTANCE_VIEW, Context.NONE)
        .getValue();
  }

  DiskInner disk(String name) {
    return compute.getDisks().getByResourceGroup(GROUP, name);
  }

  /** The bytes of a disk that a machine has had; raw, without the VHD's footer. */
  public Path bytes(String disk) {
    return folder.resolve("disks").resolve(disk(disk).uniqueId() + ".raw");
  }

  /** Puts an image onto the disk behind a signed URL, as a keeper does. */
  void upload(URI url, Vhd image) throws IOException {
    image.upload(sdk.pageBlob(url.toString()));
  }

  /** The names of all that stands in {@link #GROUP}; empty where there is no group. */
  public List<String> left() {
    if (!resources.resourceGroups().contain(GROUP)) {
      return List.of();
    }
    return Stream.of(
            compute.getDisks().listByResourceGroup(GROUP).stream().map(d -> d.name()),
            network.getNetworkInterfaces().listByResourceGroup(GROUP).stream().map(n -> n.name()),
            compute.getVirtualMachines().listByResourceGroup(GROUP).stream().map(v -> v.name()))
        .flatMap(names -> names)
        .sorted()
        .toList();
  }

  /** Makes {@link #GROUP}. */
  public void group() {
    var _ = resources.resourceGroups().define(GROUP).withRegion(REGION).create();
  }

  /** Takes {@link #GROUP} away with all that is in it. */
  public void wipe() {
    if (resources.resourceGroups().contain(GROUP)) {
      await(resources.serviceClient().getResourceGroups().beginDelete(GROUP));
    }
  }

  /** Where replicas come up. */
  public Replica.Place place() {
    return new Replica.Place(azure.account().subscription(), GROUP, REGION);
  }

  @Override
  public void close() throws IOException {
    azure.close();
  }
}
