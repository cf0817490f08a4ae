package dev.lifeboat.testbed.azure;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpRequest;
import com.azure.core.management.AzureEnvironment;
import com.azure.core.management.profile.AzureProfile;
import com.azure.core.util.Context;
import com.azure.identity.ClientSecretCredentialBuilder;
import com.azure.resourcemanager.compute.ComputeManager;
import com.azure.resourcemanager.compute.fluent.models.DiskInner;
import com.azure.resourcemanager.compute.fluent.models.VirtualMachineInner;
import com.azure.resourcemanager.compute.models.AccessLevel;
import com.azure.resourcemanager.compute.models.BootDiagnostics;
import com.azure.resourcemanager.compute.models.CreationData;
import com.azure.resourcemanager.compute.models.DiagnosticsProfile;
import com.azure.resourcemanager.compute.models.DiskCreateOption;
import com.azure.resourcemanager.compute.models.DiskCreateOptionTypes;
import com.azure.resourcemanager.compute.models.DiskSku;
import com.azure.resourcemanager.compute.models.DiskState;
import com.azure.resourcemanager.compute.models.DiskStorageAccountTypes;
import com.azure.resourcemanager.compute.models.HardwareProfile;
import com.azure.resourcemanager.compute.models.HyperVGeneration;
import com.azure.resourcemanager.compute.models.ManagedDiskParameters;
import com.azure.resourcemanager.compute.models.NetworkInterfaceReference;
import com.azure.resourcemanager.compute.models.NetworkProfile;
import com.azure.resourcemanager.compute.models.OSDisk;
import com.azure.resourcemanager.compute.models.OperatingSystemTypes;
import com.azure.resourcemanager.compute.models.StorageProfile;
import com.azure.resourcemanager.compute.models.VirtualMachineSizeTypes;
import com.azure.resourcemanager.network.NetworkManager;
import com.azure.resourcemanager.network.fluent.models.NetworkInterfaceInner;
import com.azure.resourcemanager.network.fluent.models.NetworkInterfaceIpConfigurationInner;
import com.azure.resourcemanager.network.fluent.models.SubnetInner;
import com.azure.resourcemanager.network.models.IpAllocationMethod;
import com.azure.resourcemanager.network.models.Network;
import com.azure.resourcemanager.resources.ResourceManager;
import com.azure.storage.blob.BlobServiceVersion;
import com.azure.storage.blob.specialized.PageBlobClient;
import com.azure.storage.blob.specialized.SpecializedBlobClientBuilder;
import dev.lifeboat.vault.blob.AzureBlobs;
import dev.lifeboat.vault.blob.BlobEndpoint;
import dev.lifeboat.vault.blob.PageBlob;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Azure's own SDK, pointed at a site as a user would: one HTTP client, discovery off. */
final class Sdk {
  private final HttpClient http;
  private final AzureSite site;
  private final AzureProfile profile;

  Sdk(AzureSite site) throws IOException {
    this.site = site;
    http = site.http().client();
    profile =
        new AzureProfile(
            site.account().tenant(),
            site.account().subscription(),
            new AzureEnvironment(
                Map.of(
                    "resourceManagerEndpointUrl", site.management() + "/",
                    "managementEndpointUrl", site.management() + "/",
                    "activeDirectoryEndpointUrl", site.login() + "/",
                    "microsoftGraphResourceId", "https://graph.testbed.local/")));
  }

  /** Resource group {@code dr} with network {@code recovery} of one subnet, {@code servers}. */
  Network makeNetwork() {
    resources().resourceGroups().define("dr").withRegion("westeurope").create();
    return network()
        .networks()
        .define("recovery")
        .withRegion("westeurope")
        .withExistingResourceGroup("dr")
        .withAddressSpace("10.1.0.0/16")
        .withSubnet("servers", "10.1.2.0/24")
        .create();
  }

  /** What a VM wrote to its serial console since it was started last. */
  String console(String group, String machine) {
    String url =
        compute()
            .serviceClient()
            .getVirtualMachines()
            .retrieveBootDiagnosticsData(group, machine)
            .serialConsoleLogBlobUri();
    try (var response = http.sendSync(new HttpRequest(HttpMethod.GET, url), Context.NONE)) {
      return response.getBodyAsBinaryData().toString();
    }
  }

  HttpClient http() {
    return http;
  }

  TokenCredential credential() {
    return credential(site.account().secret());
  }

  TokenCredential credential(String secret) {
    return new ClientSecretCredentialBuilder()
        .authorityHost(site.login().toString())
        .tenantId(site.account().tenant())
        .clientId(site.account().client())
        .clientSecret(secret)
        .disableInstanceDiscovery()
        .httpClient(http)
        .build();
  }

  ComputeManager compute() {
    return compute(credential());
  }

  ComputeManager compute(TokenCredential credential) {
    return ComputeManager.configure().withHttpClient(http).authenticate(credential, profile);
  }

  NetworkManager network() {
    return NetworkManager.configure().withHttpClient(http).authenticate(credential(), profile);
  }

  ResourceManager resources() {
    return ResourceManager.configure()
        .withHttpClient(http)
        .authenticate(credential(), profile)
        .withSubscription(site.account().subscription());
  }

  /** Orders a disk of group {@code dr} that an image of this size, footer included, is put on. */
  void createDisk(String name, long bytes) {
    compute()
        .serviceClient()
        .getDisks()
        .createOrUpdate(
            "dr",
            name,
            new DiskInner()
                .withLocation("westeurope")
                .withOsType(OperatingSystemTypes.LINUX)
                .withHyperVGeneration(HyperVGeneration.V1)
                .withSku(new DiskSku().withName(DiskStorageAccountTypes.STANDARD_SSD_LRS))
                .withCreationData(
                    new CreationData()
                        .withCreateOption(DiskCreateOption.UPLOAD)
                        .withUploadSizeBytes(bytes)));
  }

  /** Uploads an image to a disk and ends its access. */
  void upload(String name, Vhd vhd) throws IOException {
    createDisk(name, vhd.bytes());
    vhd.upload(pageBlob(grant(name)));
    compute().disks().revokeAccess("dr", name);
  }

  /** The storage SDK on the page blob behind a signed URL. */
  PageBlobClient pageBlobClient(String url) {
    int query = url.indexOf('?');
    return new SpecializedBlobClientBuilder()
        .endpoint(url.substring(0, query))
        .sasToken(url.substring(query + 1))
        .httpClient(http)
        .serviceVersion(BlobServiceVersion.V2025_11_05)
        .buildPageBlobClient();
  }

  /** What the keeper writes a disk through. */
  PageBlob pageBlob(String url) throws IOException {
    return new AzureBlobs(BlobEndpoint.of(site.vaultEndpoint(), Optional.of(site.caFile())))
        .pageBlob(URI.create(url));
  }

  String grant(String name) {
    return compute().disks().grantAccess("dr", name, AccessLevel.WRITE, 3600);
  }

  DiskState state(String disk) {
    return compute().serviceClient().getDisks().getByResourceGroup("dr", disk).diskState();
  }

  String id(String type, String name) {
    return "/subscriptions/%s/resourceGroups/dr/providers/%s/%s"
        .formatted(site.account().subscription(), type, name);
  }

  /** An interface in subnet {@code servers} of network {@code recovery}. */
  void createNic(String name, String address) {
    network()
        .serviceClient()
        .getNetworkInterfaces()
        .createOrUpdate(
            "dr",
            name,
            new NetworkInterfaceInner()
                .withLocation("westeurope")
                .withIpConfigurations(
                    List.of(
                        new NetworkInterfaceIpConfigurationInner()
                            .withName("primary")
                            .withPrivateIpAllocationMethod(IpAllocationMethod.STATIC)
                            .withPrivateIpAddress(address)
                            .withSubnet(
                                new SubnetInner()
                                    .withId(
                                        id("Microsoft.Network/virtualNetworks", "recovery")
                                            + "/subnets/servers")))));
  }

  /** A machine of the smallest size. */
  VirtualMachineInner createMachine(String name, String disk, String nic) {
    return compute()
        .serviceClient()
        .getVirtualMachines()
        .createOrUpdate(
            "dr",
            name,
            new VirtualMachineInner()
                .withLocation("westeurope")
                .withHardwareProfile(
                    new HardwareProfile().withVmSize(VirtualMachineSizeTypes.STANDARD_B1S))
                .withStorageProfile(
                    new StorageProfile()
                        .withOsDisk(
                            new OSDisk()
                                .withCreateOption(DiskCreateOptionTypes.ATTACH)
                                .withOsType(OperatingSystemTypes.LINUX)
                                .withManagedDisk(
                                    new ManagedDiskParameters()
                                        .withId(id("Microsoft.Compute/disks", disk)))))
                .withDiagnosticsProfile(
                    new DiagnosticsProfile()
                        .withBootDiagnostics(new BootDiagnostics().withEnabled(true)))
                .withNetworkProfile(
                    new NetworkProfile()
                        .withNetworkInterfaces(
                            List.of(
                                new NetworkInterfaceReference()
                                    .withId(id("Microsoft.Network/networkInterfaces", nic))))));
  }
}
