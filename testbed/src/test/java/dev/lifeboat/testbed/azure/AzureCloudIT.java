package dev.lifeboat.testbed.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.azure.resourcemanager.compute.fluent.models.VirtualMachineInner;
import com.azure.resourcemanager.compute.models.DiskState;
import com.azure.resourcemanager.network.models.IpAllocationMethod;
import dev.lifeboat.crds.ReplicationPolicy;
import dev.lifeboat.crds.TargetSpec;
import dev.lifeboat.operator.azure.AzureClouds;
import dev.lifeboat.operator.cloud.Cloud;
import dev.lifeboat.operator.cloud.CloudException;
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
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The operator's Azure, by the official SDK, against the simulator, whose operations take time;
 * what came of it is looked at by the SDK alone.
 */
class AzureCloudIT {

  private static final Set<Integer> DISKS = Set.of(1, 2);
  private static final long BYTES = 16 << 20;
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Replica.Sizing SMALL =
      new Replica.Sizing(Optional.empty(), 2, 12 << 10, TargetSpec.DiskType.Premium_LRS);

  @TempDir private static Path folder;
  private static CloudSite site;
  private static AzureClouds clouds;
  private static Cloud cloud;
  private static Vhd image;

  @BeforeAll
  static void start() throws Exception {
    site = CloudSite.start(folder, AzureSettings.loopback().taking(Duration.ofMillis(300), 20));
    clouds = clouds();
    cloud = clouds.open(site.policy());
    image = Vhd.random(folder, "disk", 16);
  }

  private static AzureClouds clouds() throws Exception {
    return new AzureClouds(
        site.settings(), (_, name) -> Optional.ofNullable(site.secrets().get(name)));
  }

  @AfterAll
  static void stop() throws Exception {
    site.close();
  }

  @AfterEach
  void noMoreFaults() {
    site.azure().rights().take();
    site.azure().faults().clear();
    site.azure().limits().set(Limits.CORES, 20);
    site.credential(site.azure().account().secret());
  }

  private static Replica replica(String name, Optional<String> ip) {
    return replica(name, "run-1", site.subnet("servers"), ip, false);
  }

  private static Replica replica(
      String name, String run, String subnet, Optional<String> ip, boolean nextFree) {
    return new Replica(
        UUID.nameUUIDFromBytes(new byte[] {1, (byte) name.hashCode()}),
        run,
        Replica.Purpose.Test,
        name,
        new Replica.Place(CloudSite.GROUP, CloudSite.REGION),
        new Replica.Network(subnet, ip, nextFree),
        SMALL,
        Map.of("cost", "dr"));
  }

  private static Replica sized(int cores, int memoryGib, String... vmSize) {
    Replica other = replica("sized", Optional.empty());
    return new Replica(
        other.machine(),
        other.run(),
        other.purpose(),
        other.vmName(),
        other.place(),
        other.network(),
        new Replica.Sizing(Stream.of(vmSize).findFirst(), cores, memoryGib << 10, SMALL.diskType()),
        other.tags());
  }

  private static CloudView until(Cloud with, Replica replica, Predicate<CloudView> wanted) {
    return await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> with.look(replica, DISKS), wanted);
  }

  private static State disk(CloudView view, int disk) {
    return view.disks().containsKey(disk) ? view.disks().get(disk).state() : State.Absent;
  }

  private static void disksAre(Replica replica, State state) {
    var _ = until(cloud, replica, v -> disk(v, 1) == state && disk(v, 2) == state);
  }

  private static void refused(Reason reason, String remedy, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            CloudException.class,
            e -> {
              assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason);
              assertThat(e).hasMessageContaining(remedy);
            });
  }

  @Test
  void replicaLives_fromEmptyDisksToDeletion() throws Exception {
    Replica replica = replica("db1", Optional.of("10.1.2.77"));
    assertThat(cloud.look(replica, DISKS).isEmpty()).isTrue();
    filled(replica);
    cloud.createNic(replica);
    CloudView view = until(cloud, replica, v -> v.nic().state() == State.Ready);
    assertThat(view.nic().privateIp()).isEqualTo("10.1.2.77");
    cloud.createVm(replica, List.of(1, 2));
    assertThat(cloud.look(replica, DISKS).vm().state()).isEqualTo(State.Creating);
    view = until(cloud, replica, v -> v.vm().state() == State.Ready);
    assertThat(view.vm().owner()).isEqualTo(Owner.Run);
    assertThat(view.disks().values()).allMatch(d -> d.owner() == Owner.Run);
    isAsOrdered(site.vm("db1"));
    assertThat(Files.mismatch(site.bytes("db1-disk-1"), image.raw())).isEqualTo(-1);
    assertThat(Files.mismatch(site.bytes("db1-disk-2"), image.raw())).isEqualTo(-1);

    isOnlyTouchedByItsOwn(replica);
    isStartedAgain(replica);

    cloud.deleteVm(replica);
    var _ = until(cloud, replica, v -> v.vm().state() == State.Absent);
    cloud.deleteNic(replica);
    cloud.deleteDisk(replica, 1);
    cloud.deleteDisk(replica, 2);
    var _ = until(cloud, replica, CloudView::isEmpty);
    cloud.deleteVm(replica);
    cloud.deleteNic(replica);
    cloud.deleteDisk(replica, 1);
  }

  /** Every call twice: the second does no harm. */
  private static void filled(Replica replica) throws Exception {
    for (int disk = 1; disk <= 2; disk++) {
      cloud.createDisk(replica, disk, BYTES);
      cloud.createDisk(replica, disk, BYTES);
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
    assertThat(disk(cloud.look(replica, DISKS), 1)).isEqualTo(State.Ready);
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
    Replica other = replica("db1", "run-2", site.subnet("servers"), Optional.empty(), false);
    assertThat(cloud.look(other, DISKS).vm().owner()).isEqualTo(Owner.Machine);
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
    CloudView seen = cloud.look(stranger, DISKS);
    assertThat(List.of(seen.vm().owner(), seen.nic().owner(), seen.disks().get(2).owner()))
        .containsOnly(Owner.Foreign);
    cloud.deleteVm(stranger);
    cloud.deleteNic(stranger);
    cloud.deleteDisk(stranger, 1);
    assertThat(site.left()).contains("db1", "db1-nic", "db1-disk-1", "db1-disk-2");
    assertThat(cloud.look(replica, DISKS).vm().state()).isEqualTo(State.Ready);
  }

  private static void isStartedAgain(Replica replica) throws Exception {
    var _ =
        site.sdk()
            .compute()
            .serviceClient()
            .getVirtualMachines()
            .beginDeallocate(CloudSite.GROUP, "db1");
    var _ = until(cloud, replica, v -> v.vm().state() == State.Stopped);
    cloud.startVm(replica);
    var _ = until(cloud, replica, v -> v.vm().state() == State.Ready);
  }

  /** A disk goes in whatever state its upload is: unopened, opened and empty, half, closed. */
  @Test
  void disksUnderUpload_areRemoved() throws Exception {
    Replica replica = replica("half", Optional.empty());
    cloud.createDisk(replica, 1, BYTES);
    cloud.createDisk(replica, 2, BYTES);
    disksAre(replica, State.Uploading);
    cloud.deleteDisk(replica, 1);
    var _ = until(cloud, replica, v -> disk(v, 1) == State.Absent);
    URI url = cloud.openUpload(replica, 2);
    assertThat(site.disk("half-disk-2").diskState()).isEqualTo(DiskState.ACTIVE_UPLOAD);
    site.sdk().pageBlob(url.toString()).put(0, ByteBuffer.allocate(4096));
    var _ =
        await()
            .atMost(SOON)
            .pollInterval(Duration.ofMillis(100))
            .until(
                () -> {
                  cloud.deleteDisk(replica, 2);
                  return cloud.look(replica, DISKS);
                },
                CloudView::isEmpty);
  }

  @Test
  void address_isDynamic_orTaken_orTheNextFree() throws Exception {
    String tests = site.subnet("tests");
    Replica any = replica("any", "run-1", tests, Optional.empty(), false);
    cloud.createNic(any);
    String ip = until(cloud, any, v -> v.nic().state() == State.Ready).nic().privateIp();
    assertThat(ip).startsWith("10.1.3.");
    Replica same = replica("same", "run-1", tests, Optional.of(ip), false);
    refused(Reason.AddressTaken, "onIpConflict: NextFree", () -> cloud.createNic(same));
    assertThat(cloud.look(same, DISKS).isEmpty()).isTrue();
    Replica next = replica("next", "run-1", tests, Optional.of(ip), true);
    cloud.createNic(next);
    assertThat(until(cloud, next, v -> v.nic().state() == State.Ready).nic().privateIp())
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
    var _ = until(cloud, any, CloudView::isEmpty);
    var _ = until(cloud, next, CloudView::isEmpty);
  }

  /** Azure's pause is kept, by answering at once: nobody sleeps, and nobody asks. */
  @Test
  void throttled_leavesAzureAloneForAsLongAsItSays() throws Exception {
    Replica replica = replica("busy", Optional.empty());
    Cloud fresh = clouds().open(site.policy());
    site.azure().faults().order("Disks_Get", 1, new Fault.Throttle(6));
    long began = System.nanoTime();
    refused(Reason.Throttled, "later", () -> fresh.look(replica, DISKS));
    int calls = site.azure().faults().seen().size();
    refused(Reason.Throttled, "later", () -> fresh.createDisk(replica, 1, BYTES));
    assertThat(site.azure().faults().seen()).hasSize(calls);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(6));
    await()
        .atMost(SOON)
        .ignoreExceptionsInstanceOf(CloudException.class)
        .until(() -> fresh.look(replica, DISKS).isEmpty());
    assertThat(Duration.ofNanos(System.nanoTime() - began))
        .isGreaterThanOrEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void credential_isRefused_missing_andRenewed() throws Exception {
    Replica replica = replica("login", Optional.empty());
    site.credential("not the secret");
    Cloud wrong = clouds.open(site.policy());
    refused(Reason.CredentialRefused, "credentialSecretRef", () -> wrong.look(replica, DISKS));
    site.secrets().remove("azure-access");
    refused(Reason.CredentialRefused, "Secret azure-access", () -> clouds.open(site.policy()));
    site.credential(site.azure().account().secret());
    assertThat(clouds.open(site.policy()).look(replica, DISKS).isEmpty()).isTrue();
  }

  @Test
  void otherSubscription_isTrouble_notAbsence() throws Exception {
    TargetSpec target = site.policy().getSpec().target();
    ReplicationPolicy policy =
        site.policy(
            new TargetSpec(
                UUID.randomUUID().toString(),
                target.resourceGroup(),
                target.region(),
                target.subnetId(),
                target.testSubnetId(),
                null,
                null,
                target.credentialSecretRef()));
    Cloud other = clouds.open(policy);
    refused(
        Reason.NotFound,
        "SubscriptionNotFound",
        () -> other.look(replica("none", Optional.empty()), DISKS));
  }

  @ParameterizedTest
  @CsvSource({
    "403,AuthorizationFailed,does not have authorization,PermissionMissing,grant it",
    "409,AnotherOperationInProgress,wait,Busy,by itself",
    "409,SkuNotAvailable,not available in location,NoCapacity,choose another",
    "409,OperationNotAllowed,exceeding approved Total Regional Cores quota,QuotaExceeded,raised",
    "500,InternalServerError,an error,Unreachable,by itself",
    "503,ServiceUnavailable,come back,Unreachable,by itself",
    "400,InvalidParameter,a bad value,Refused,a bad value"
  })
  void refusals_haveReasonAndRemedy(
      int status, String code, String text, Reason reason, String remedy) {
    site.azure().faults().order("Disks_Get", 2, new Fault.Refuse(status, code, text));
    refused(reason, remedy, () -> cloud.look(replica("no", Optional.empty()), DISKS));
  }

  @Test
  void brokenConnection_isTriedAgain_thenSaid() throws Exception {
    Replica replica = replica("cut", Optional.empty());
    site.azure().faults().order("Disks_Get", 1, new Fault.CutBefore());
    assertThat(cloud.look(replica, DISKS).isEmpty()).isTrue();
    site.azure().faults().order("Disks_Get", 20, new Fault.CutBefore());
    refused(Reason.Unreachable, "no answer", () -> cloud.look(replica, DISKS));
  }

  private static String worst(Replica replica, int disks) {
    return cloud
        .check(replica, disks, Optional.empty())
        .worst()
        .map(c -> c.outcome() + " " + c.reason() + ": " + c.message())
        .orElse("none");
  }

  @Test
  void size_isAsLargeAsTheMachine_orThatIsSaid() {
    site.azure().limits().set(Limits.CORES, 200);
    assertThat(worst(sized(64, 512), 33)).isEqualTo("none");
    assertThat(worst(sized(64, 512), 34)).startsWith("Bad TooManyDisks").contains("larger vmSize");
    assertThat(worst(sized(80, 512), 2))
        .startsWith("Bad SizeTooSmall")
        .contains("Standard_E64s_v5", "80 cores, 524288 MiB", "set vmSize");
    assertThat(worst(sized(64, 600), 2)).startsWith("Bad SizeTooSmall");
    assertThat(worst(sized(80, 600, "Standard_D2s_v5"), 2)).as("the user's own").isEqualTo("none");
    assertThat(worst(sized(8, 60), 2))
        .startsWith("Bad SizeNotOffered")
        .contains("does not offer Standard_E8s_v5: set another vmSize");
    site.azure().limits().set(Limits.CORES, 20);
  }

  @Test
  void readiness_isLookedAt_beforeAnybodyNeedsIt() throws Exception {
    Replica replica = replica("ready", Optional.of("10.1.2.90"));
    site.wipe();
    assertThat(worst(replica, 2)).startsWith("Unknown GroupMissing").contains("make it");
    site.group();
    assertThat(worst(replica, 2)).isEqualTo("none");
    assertThat(cloud.check(replica, 2, Optional.empty()).good())
        .isEqualTo("subscription, rights, network, network rights, address, VM size, quota");
    assertThat(cloud.check(replica, 2, Optional.of(site.subnet("servers"))).good())
        .contains("network rights, test network, test network rights, address");
    assertThat(cloud.check(replica, 2, Optional.of(site.subnet("drill"))).worst().orElseThrow())
        .matches(c -> c.subject().equals("test network") && c.message().contains("subnet drill"));

    site.azure().limits().set(Limits.CORES, 1);
    assertThat(worst(replica, 2)).startsWith("Bad QuotaTooSmall").contains("cores", "raised");
    site.azure().limits().set(Limits.CORES, 20);
    site.azure().rights().take("Microsoft.Compute/disks/beginGetAccess/action");
    assertThat(worst(replica, 2))
        .startsWith("Bad RightsMissing")
        .contains("lacks Microsoft.Compute/disks/beginGetAccess/action in resource group");
    site.azure().rights().take("Microsoft.Network/virtualNetworks/subnets/join/action");
    assertThat(worst(replica, 2))
        .startsWith("Bad RightsMissing")
        .contains("lacks Microsoft.Network/virtualNetworks/subnets/join/action");
    site.azure().rights().take("Microsoft.Compute/locations/usages/read");
    assertThat(worst(replica, 2)).startsWith("Bad PermissionMissing").contains("grant it");
    site.azure().rights().take();
    Replica nowhere = replica("n", "r", site.subnet("nowhere"), Optional.empty(), false);
    assertThat(worst(nowhere, 2)).startsWith("Bad NetworkMissing").contains("nowhere");
    Replica other = replica("other", Optional.of("10.1.2.90"));
    cloud.createNic(other);
    var _ = until(cloud, other, v -> v.nic().state() == State.Ready);
    assertThat(worst(replica, 2)).startsWith("Bad AddressTaken").contains("10.1.2.90");
    assertThat(worst(other, 2)).as("its own").isEqualTo("none");
    site.azure().faults().order("Subscriptions_Get", 1, new Fault.Throttle(1));
    assertThat(
            clouds()
                .open(site.policy())
                .check(replica, 2, Optional.empty())
                .worst()
                .orElseThrow()
                .reason())
        .isEqualTo("Throttled");
    assertThat(site.left()).as("nothing is made").containsExactly("other-nic");
  }
}
