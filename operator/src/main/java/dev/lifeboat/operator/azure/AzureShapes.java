package dev.lifeboat.operator.azure;

import com.azure.resourcemanager.compute.fluent.models.DiskInner;
import com.azure.resourcemanager.compute.fluent.models.VirtualMachineInner;
import com.azure.resourcemanager.compute.models.BootDiagnostics;
import com.azure.resourcemanager.compute.models.CreationData;
import com.azure.resourcemanager.compute.models.DataDisk;
import com.azure.resourcemanager.compute.models.DiagnosticsProfile;
import com.azure.resourcemanager.compute.models.DiskCreateOption;
import com.azure.resourcemanager.compute.models.DiskCreateOptionTypes;
import com.azure.resourcemanager.compute.models.DiskSku;
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
import com.azure.resourcemanager.network.fluent.models.NetworkInterfaceInner;
import com.azure.resourcemanager.network.fluent.models.NetworkInterfaceIpConfigurationInner;
import com.azure.resourcemanager.network.fluent.models.SubnetInner;
import com.azure.resourcemanager.network.models.IpAllocationMethod;
import dev.lifeboat.operator.cloud.Replica;
import dev.lifeboat.vault.blob.VhdFooter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What Azure is asked for. */
final class AzureShapes {

  private AzureShapes() {}

  /** The size of a disk's VHD: whole MiB and a footer. */
  static long uploadBytes(long bytes) {
    return VhdFooter.paddedSize(bytes) + VhdFooter.BYTES;
  }

  static DiskInner disk(Replica replica, boolean boots, long bytes) {
    DiskInner disk =
        new DiskInner()
            .withLocation(replica.place().region())
            .withTags(tags(replica))
            .withSku(
                new DiskSku()
                    .withName(
                        DiskStorageAccountTypes.fromString(replica.sizing().diskType().name())))
            .withCreationData(
                new CreationData()
                    .withCreateOption(DiskCreateOption.UPLOAD)
                    .withUploadSizeBytes(uploadBytes(bytes)));
    return boots
        ? disk.withOsType(OperatingSystemTypes.LINUX).withHyperVGeneration(HyperVGeneration.V1)
        : disk;
  }

  static NetworkInterfaceInner nic(Replica replica, Optional<String> ip) {
    NetworkInterfaceIpConfigurationInner configuration =
        new NetworkInterfaceIpConfigurationInner()
            .withName("primary")
            .withPrimary(true)
            .withSubnet(new SubnetInner().withId(replica.network().subnetId()))
            .withPrivateIpAllocationMethod(
                ip.isPresent() ? IpAllocationMethod.STATIC : IpAllocationMethod.DYNAMIC);
    ip.ifPresent(configuration::withPrivateIpAddress);
    return new NetworkInterfaceInner()
        .withLocation(replica.place().region())
        .withTags(tags(replica))
        .withIpConfigurations(List.of(configuration));
  }

  static VirtualMachineInner vm(
      Replica replica, List<Integer> disks, Map<Integer, String> ids, String nic) {
    String size = size(replica, disks.size());
    List<DataDisk> data = new ArrayList<>();
    for (int disk : disks.subList(1, disks.size())) {
      data.add(
          new DataDisk()
              .withLun(data.size())
              .withCreateOption(DiskCreateOptionTypes.ATTACH)
              .withManagedDisk(new ManagedDiskParameters().withId(ids.get(disk))));
    }
    OSDisk os =
        new OSDisk()
            .withOsType(OperatingSystemTypes.LINUX)
            .withCreateOption(DiskCreateOptionTypes.ATTACH)
            .withManagedDisk(new ManagedDiskParameters().withId(ids.get(disks.getFirst())));
    return new VirtualMachineInner()
        .withLocation(replica.place().region())
        .withTags(tags(replica))
        .withHardwareProfile(
            new HardwareProfile().withVmSize(VirtualMachineSizeTypes.fromString(size)))
        .withStorageProfile(new StorageProfile().withOsDisk(os).withDataDisks(data))
        .withNetworkProfile(
            new NetworkProfile()
                .withNetworkInterfaces(
                    List.of(new NetworkInterfaceReference().withId(nic).withPrimary(true))))
        .withDiagnosticsProfile(
            new DiagnosticsProfile().withBootDiagnostics(new BootDiagnostics().withEnabled(true)));
  }

  /** The size that the VM gets. */
  static String size(Replica replica, int disks) {
    return replica
        .sizing()
        .vmSize()
        .orElseGet(
            () -> VmSizes.of(replica.sizing().cores(), replica.sizing().memoryMiB(), disks - 1));
  }

  /** The quota that its disks count against, in lower case. */
  static String diskQuota(Replica replica) {
    return switch (replica.sizing().diskType()) {
      case Standard_LRS -> "standarddiskcount";
      case StandardSSD_LRS -> "standardssddiskcount";
      case Premium_LRS -> "premiumdiskcount";
    };
  }

  private static Map<String, String> tags(Replica replica) {
    Map<String, String> tags = new HashMap<>(replica.tags());
    tags.put(Replica.RUN_TAG, replica.run());
    tags.put(Replica.MACHINE_TAG, replica.machine().toString());
    tags.put(Replica.PURPOSE_TAG, replica.purpose().name());
    return tags;
  }
}
