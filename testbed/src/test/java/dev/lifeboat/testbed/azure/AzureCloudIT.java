package dev.lifeboat.testbed.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.resourcemanager.compute.fluent.models.VirtualMachineInner;
import com.azure.resourcemanager.compute.models.DiskState;
import com.azure.resourcemanager.network.models.IpAllocationMethod;
import dev.lifeboat.operator.cloud.Cloud;
import dev.lifeboat.operator.cloud.CloudException.Reason;
import dev.lifeboat.operator.cloud.CloudView;
import dev.lifeboat.operator.cloud.CloudView.Owner;
import dev.lifeboat.operator.cloud.CloudView.State;
import dev.lifeboat.operator.cloud.Replica;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the operator makes in Azure and takes away; looked at by the SDK alone. */
class AzureCloudIT {
  @TempDir private static Path folder;
  private static OperatorCloud azure;
  private static CloudSite site;
  private static Cloud cloud;
  private static Vhd image;

  @BeforeAll
  static void start() throws Exception {
    azure = OperatorCloud.start(folder);
    site = azure.site();
    cloud = azure.cloud();
    image = Vhd.random(folder, "disk", 16);
  }

  @AfterAll
  static void stop() throws Exception {
    azure.close();
  }

  private static State disk(CloudView view, int disk) {
    return view.disks().containsKey(disk) ? view.disks().get(disk).state() : State.Absent;
  }

  private static void disksAre(Replica replica, State state) {
    var _ = azure.until(cloud, replica, v -> disk(v, 1) == state && disk(v, 2) == state);
  }

  @Test
  void replicaLives_fromEmptyDisksToDeletion() throws Exception {
    Replica replica = azure.replica("db1", Optional.of("10.1.2.77"));
    assertThat(cloud.look(replica, OperatorCloud.DISKS).isEmpty()).isTrue();
    filled(replica);
    cloud.createNic(replica);
    CloudView view = azure.until(cloud, replica, v -> v.nic().state() == State.Ready);
    assertThat(view.nic().privateIp()).isEqualTo("10.1.2.77");
    cloud.createVm(replica, List.of(1, 2));
    assertThat(cloud.look(replica, OperatorCloud.DISKS).vm().state()).isEqualTo(State.Creating);
    view = azure.until(cloud, replica, v -> v.vm().state() == State.Ready);
    assertThat(view.vm().owner()).isEqualTo(Owner.Run);
    assertThat(view.disks().values()).allMatch(d -> d.owner() == Owner.Run);
    isAsOrdered(site.vm("db1"));
    assertThat(Files.mismatch(site.bytes("db1-disk-1"), image.raw())).isEqualTo(-1);
    assertThat(Files.mismatch(site.bytes("db1-disk-2"), image.raw())).isEqualTo(-1);

    isOnlyTouchedByItsOwn(replica);
    isStartedAgain(replica);

    cloud.deleteVm(replica);
    var _ = azure.until(cloud, replica, v -> v.vm().state() == State.Absent);
    cloud.deleteNic(replica);
    cloud.deleteDisk(replica, 1);
    cloud.deleteDisk(replica, 2);
    var _ = azure.until(cloud, replica, CloudView::isEmpty);
    cloud.deleteVm(replica);
    cloud.deleteNic(replica);
    cloud.deleteDisk(replica, 1);
  }

  /** Every call twice: the second does no harm. */
  private static void filled(Replica replica) throws Exception {
    for (int disk = 1; disk <= 2; disk++) {
      cloud.createDisk(replica, disk, OperatorCloud.BYTES);
      cloud.createDisk(replica, disk, OperatorCloud.BYTES);
    }
    disksAre(replica, State.Uploading);
    for (int disk = 1; disk <= 2; disk++) {
      long began = System.nanoTime();
      URI url = cloud.openUpload(replica, disk);
      assertThat(Duration.ofNanos(System.nanoTime() - began))
          .as("the service says to ask again in 20 s, which is not waited for")
          .isLessThan(Duration.ofSeconds(15));
      assertThat(url).hasPort(-1).hasScheme("https");
      assertThat(cloud.openUpload(replica, disk)).isEqualTo(url);
      site.upload(url, image);
    }
    for (int disk = 1; disk <= 2; disk++) {
      cloud.closeUpload(replica, disk);
    }
    disksAre(replica, State.Ready);
    cloud.closeUpload(replica, 1);
    assertThat(disk(cloud.look(replica, OperatorCloud.DISKS), 1)).isEqualTo(State.Ready);
  }

  private static void isAsOrdered(VirtualMachineInner vm) {
    assertThat(vm.hardwareProfile().vmSize()).hasToString("Standard_E2s_v5");
    assertThat(vm.location()).isEqualTo(CloudSite.REGION);
    assertThat(vm.tags())
        .containsEntry("cost", "dr")
        .containsEntry(Replica.RUN_TAG, "run-1")
        .containsEntry(Replica.PURPOSE_TAG, "Test")
        .containsKey(Replica.MACHINE_TAG);
    assertThat(vm.storageProfile().osDisk().managedDisk().id()).endsWith("/db1-disk-1");
    assertThat(vm.storageProfile().dataDisks()).hasSize(1);
    assertThat(vm.storageProfile().dataDisks().getFirst().managedDisk().id())
        .endsWith("/db1-disk-2");
    assertThat(vm.diagnosticsProfile().bootDiagnostics().enabled()).isTrue();
    assertThat(site.disk("db1-disk-1").sku().name()).hasToString("Premium_LRS");
    assertThat(site.disk("db1-disk-1").tags()).containsEntry("cost", "dr");
  }

  private static void isOnlyTouchedByItsOwn(Replica replica) throws Exception {
    Replica other = azure.replica("db1", "run-2", site.subnet("servers"), Optional.empty(), false);
    assertThat(cloud.look(other, OperatorCloud.DISKS).vm().owner()).isEqualTo(Owner.Machine);
    Replica stranger =
        new Replica(
            UUID.randomUUID(),
            "run-1",
            replica.purpose(),
            "db1",
            replica.place(),
            replica.network(),
            replica.sizing(),
            Map.of());
    CloudView seen = cloud.look(stranger, OperatorCloud.DISKS);
    assertThat(List.of(seen.vm().owner(), seen.nic().owner(), seen.disks().get(2).owner()))
        .containsOnly(Owner.Foreign);
    cloud.deleteVm(stranger);
    cloud.deleteNic(stranger);
    cloud.deleteDisk(stranger, 1);
    assertThat(site.left()).contains("db1", "db1-nic", "db1-disk-1", "db1-disk-2");
    assertThat(cloud.look(replica, OperatorCloud.DISKS).vm().state()).isEqualTo(State.Ready);
  }

  private static void isStartedAgain(Replica replica) throws Exception {
    var _ =
        site.sdk()
            .compute()
            .serviceClient()
            .getVirtualMachines()
            .beginDeallocate(CloudSite.GROUP, "db1");
    var _ = azure.until(cloud, replica, v -> v.vm().state() == State.Stopped);
    cloud.startVm(replica);
    var _ = azure.until(cloud, replica, v -> v.vm().state() == State.Ready);
  }

  /** A disk goes in whatever state its upload is: unopened, opened and empty, half, closed. */
  @Test
  void disksUnderUpload_areRemoved() throws Exception {
    Replica replica = azure.replica("half", Optional.empty());
    cloud.createDisk(replica, 1, OperatorCloud.BYTES);
    cloud.createDisk(replica, 2, OperatorCloud.BYTES);
    disksAre(replica, State.Uploading);
    cloud.deleteDisk(replica, 1);
    var _ = azure.until(cloud, replica, v -> disk(v, 1) == State.Absent);
    URI url = cloud.openUpload(replica, 2);
    assertThat(site.disk("half-disk-2").diskState()).isEqualTo(DiskState.ACTIVE_UPLOAD);
    site.sdk().pageBlob(url.toString()).put(0, ByteBuffer.allocate(4096));
    var _ =
        await()
            .atMost(OperatorCloud.SOON)
            .pollInterval(Duration.ofMillis(100))
            .until(
                () -> {
                  cloud.deleteDisk(replica, 2);
                  return cloud.look(replica, OperatorCloud.DISKS);
                },
                CloudView::isEmpty);
  }

  @Test
  void address_isDynamic_orTaken_orTheNextFree() throws Exception {
    String tests = site.subnet("tests");
    Replica any = azure.replica("any", "run-1", tests, Optional.empty(), false);
    cloud.createNic(any);
    String ip = azure.until(cloud, any, v -> v.nic().state() == State.Ready).nic().privateIp();
    assertThat(ip).startsWith("10.1.3.");
    Replica same = azure.replica("same", "run-1", tests, Optional.of(ip), false);
    OperatorCloud.refused(
        Reason.AddressTaken, "onIpConflict: NextFree", () -> cloud.createNic(same));
    assertThat(cloud.look(same, OperatorCloud.DISKS).isEmpty()).isTrue();
    Replica next = azure.replica("next", "run-1", tests, Optional.of(ip), true);
    cloud.createNic(next);
    assertThat(azure.until(cloud, next, v -> v.nic().state() == State.Ready).nic().privateIp())
        .startsWith("10.1.3.")
        .isNotEqualTo(ip);
    var nic =
        site.sdk()
            .network()
            .serviceClient()
            .getNetworkInterfaces()
            .getByResourceGroup(CloudSite.GROUP, "next-nic");
    assertThat(nic.ipConfigurations().getFirst().privateIpAllocationMethod())
        .isEqualTo(IpAllocationMethod.DYNAMIC);
    cloud.deleteNic(any);
    cloud.deleteNic(next);
    var _ = azure.until(cloud, any, CloudView::isEmpty);
    var _ = azure.until(cloud, next, CloudView::isEmpty);
  }
}
