package dev.lifeboat.testbed.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.resourcemanager.compute.ComputeManager;
import com.azure.resourcemanager.compute.models.AccessLevel;
import com.azure.resourcemanager.compute.models.Disk;
import com.azure.resourcemanager.compute.models.DiskState;
import com.azure.resourcemanager.compute.models.OperatingSystemTypes;
import com.azure.resourcemanager.compute.models.PowerState;
import com.azure.resourcemanager.compute.models.VirtualMachine;
import com.azure.resourcemanager.compute.models.VirtualMachineSizeTypes;
import com.azure.resourcemanager.network.NetworkManager;
import com.azure.resourcemanager.network.models.Network;
import com.azure.resourcemanager.network.models.NetworkInterface;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.blob.specialized.PageBlobClient;
import java.nio.file.Path;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The official SDK takes a machine through its whole life, from a VHD that qemu-img made. */
class MachineLifeIT {

  @Test
  void machineLives_fromUploadedVhdToDeletion(@TempDir Path folder) throws Exception {
    // Operations that take time: everything is polled, as Azure has it.
    AzureSettings slow = AzureSettings.loopback().taking(Duration.ofMillis(200), 1);
    try (AzureSite site = AzureSite.start(folder, slow)) {
      Sdk sdk = new Sdk(site);
      Network recovery = sdk.makeNetwork();
      assertThat(sdk.resources().resourceGroups().contain("dr")).isTrue();
      ComputeManager compute = sdk.compute();
      Disk disk = uploaded(sdk, compute, Vhd.random(folder, "os", 24));
      NetworkInterface nic = networkInterface(sdk.network(), recovery);
      VirtualMachine machine = created(compute, disk, nic);
      isPoweredOffAndOn(compute, disk, machine);
      assertThat(sdk.console("dr", "db1")).contains("boot: none");
      isDeleted(sdk, compute, disk);
      assertThat(site.faults().seen())
          .noneMatch(call -> call.status() == 501)
          .filteredOn(call -> call.call().startsWith("Operations_"))
          .hasSizeGreaterThan(10);
    }
  }

  private static NetworkInterface networkInterface(NetworkManager network, Network recovery) {
    NetworkInterface nic =
        network
            .networkInterfaces()
            .define("db1-nic")
            .withRegion("westeurope")
            .withExistingResourceGroup("dr")
            .withExistingPrimaryNetwork(recovery)
            .withSubnet("servers")
            .withPrimaryPrivateIPAddressStatic("10.1.2.77")
            .create();
    assertThat(nic.primaryPrivateIP()).isEqualTo("10.1.2.77");
    assertThat(recovery.isPrivateIPAddressAvailable("10.1.2.77")).isFalse();
    assertThat(recovery.isPrivateIPAddressAvailable("10.1.2.78")).isTrue();
    return nic;
  }

  private static VirtualMachine created(ComputeManager compute, Disk disk, NetworkInterface nic) {
    VirtualMachine machine =
        compute
            .virtualMachines()
            .define("db1")
            .withRegion("westeurope")
            .withExistingResourceGroup("dr")
            .withExistingPrimaryNetworkInterface(nic)
            .withSpecializedOSDisk(disk, OperatingSystemTypes.LINUX)
            .withSize(VirtualMachineSizeTypes.fromString("Standard_B2s"))
            .withBootDiagnosticsOnManagedStorageAccount()
            .withTag("lifeboat", "drill")
            .create();
    assertThat(machine.powerState()).isEqualTo(PowerState.RUNNING);
    assertThat(machine.tags()).containsEntry("lifeboat", "drill");
    assertThat(disk.refresh().innerModel().diskState()).isEqualTo(DiskState.ATTACHED);
    assertThat(nic.refresh().virtualMachineId()).isEqualTo(machine.id());
    assertThat(nic.macAddress()).startsWith("00-0D-3A-");
    assertThat(cores(compute)).isEqualTo(2);
    return machine;
  }

  private static int cores(ComputeManager compute) {
    return compute.usages().listByRegion("westeurope").stream()
        .filter(usage -> usage.name().value().equals("cores"))
        .findFirst()
        .orElseThrow()
        .currentValue();
  }

  private static void isPoweredOffAndOn(ComputeManager compute, Disk disk, VirtualMachine machine) {
    machine.powerOff();
    machine.refreshInstanceView();
    assertThat(machine.powerState()).isEqualTo(PowerState.STOPPED);
    machine.deallocate();
    machine.refreshInstanceView();
    assertThat(machine.powerState()).isEqualTo(PowerState.DEALLOCATED);
    assertThat(disk.refresh().innerModel().diskState()).isEqualTo(DiskState.RESERVED);
    assertThat(cores(compute)).isZero();
    machine.start();
    machine.refreshInstanceView();
    assertThat(machine.powerState()).isEqualTo(PowerState.RUNNING);
  }

  private static void isDeleted(Sdk sdk, ComputeManager compute, Disk disk) {
    compute.virtualMachines().deleteByResourceGroup("dr", "db1");
    assertThat(disk.refresh().innerModel().diskState()).isEqualTo(DiskState.UNATTACHED);
    sdk.network().networkInterfaces().deleteByResourceGroup("dr", "db1-nic");
    compute.disks().deleteByResourceGroup("dr", "db1-os");
    sdk.network().networks().deleteByResourceGroup("dr", "recovery");
    sdk.resources().resourceGroups().deleteByName("dr");
    assertThat(sdk.resources().resourceGroups().contain("dr")).isFalse();
  }

  /** Creates the disk, uploads the VHD, and shows that access ends with endGetAccess. */
  private static Disk uploaded(Sdk sdk, ComputeManager compute, Vhd vhd) throws Exception {
    sdk.createDisk("db1-os", vhd.bytes());
    Disk disk = compute.disks().getByResourceGroup("dr", "db1-os");
    assertThat(disk.innerModel().diskState()).isEqualTo(DiskState.READY_TO_UPLOAD);
    String url = compute.disks().grantAccess("dr", "db1-os", AccessLevel.WRITE, 3600);
    assertThat(disk.refresh().innerModel().diskState()).isEqualTo(DiskState.ACTIVE_UPLOAD);
    PageBlobClient blob = sdk.pageBlobClient(url);
    assertThat(blob.getProperties().getBlobSize()).isEqualTo(vhd.bytes());
    isForbidden(() -> blob.create(vhd.bytes(), true));
    isForbidden(() -> blob.resize(vhd.bytes() + 512));
    isForbidden(blob::delete);
    vhd.upload(sdk.pageBlob(url));
    compute.disks().revokeAccess("dr", "db1-os");
    isForbidden(blob::getProperties);
    assertThat(disk.refresh().innerModel().diskState()).isEqualTo(DiskState.UNATTACHED);
    return disk;
  }

  private static void isForbidden(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            BlobStorageException.class, e -> assertThat(e.getStatusCode()).isEqualTo(403));
  }
}
