package dev.lifeboat.operator.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.lifeboat.crds.Condition;
import dev.lifeboat.crds.RecoveryRunSpec.Action;
import dev.lifeboat.crds.RecoveryRunStatus.MemberPhase;
import dev.lifeboat.crds.RecoveryRunStatus.Phase;
import dev.lifeboat.testbed.azure.AzureSettings;
import dev.lifeboat.testbed.azure.Fault;
import dev.lifeboat.testbed.azure.Faults;
import dev.lifeboat.testbed.azure.Limits;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Azure says no: the run says why and what to do, fails or waits as it should, and leaves nothing
 * half-made; the points and the log of the machine are as if there had been no run.
 */
class AzureRefusalsIT {

  private static final String UPLOAD = "PageBlob_UploadPages";
  private static final int ALWAYS = 100_000;

  @TempDir private static Path folder;
  private static AzureWorld world;
  private static int runs;

  @BeforeAll
  static void start() throws Exception {
    AzureSettings slow = AzureSettings.loopback().taking(Duration.ofMillis(40), 1);
    world = new AzureWorld(folder, slow, JobBoard.Kind.THREAD);
  }

  @AfterAll
  static void stop() throws Exception {
    world.close();
  }

  @AfterEach
  void allIsAsItWas() throws Exception {
    world.startOver();
    world.subnet("servers");
    world.site.azure().limits().set(Limits.CORES, 20);
    world.site.azure().limits().set(Limits.DISKS, 500);
    world.site.credential(world.site.azure().account().secret());
  }

  private static Faults faults() {
    return world.site.azure().faults();
  }

  private static String begin(Action action) {
    String run = "run-" + runs++;
    world.run(run, action);
    return run;
  }

  private static Condition ready(String run) {
    return world.status(run).conditions().stream()
        .filter(c -> c.type().equals("Ready"))
        .findFirst()
        .orElseThrow();
  }

  private static void nothingIsLeft(String run) throws Exception {
    assertThat(world.site.left()).as(run).isEmpty();
    assertThat(world.jobs.isEmpty()).as(run).isTrue();
    assertThat(world.head().commit()).as(run).isEqualTo("None");
  }

  private static void succeeds(String run, String vm) throws Exception {
    world.drive(run);
    assertThat(world.status(run).phase())
        .as(world.status(run).toString())
        .isEqualTo(Phase.Succeeded);
    assertThat(ready(run).reason()).isEqualTo("Succeeded");
    world.hasBytesOf(world.points().size(), vm);
    assertThat(world.site.left()).hasSize(4);
  }

  static Stream<Arguments> forGood() {
    return Stream.of(
        arguments(
            "VirtualMachines_CreateOrUpdate",
            new Fault.Refuse(409, "SkuNotAvailable", "not available in location"),
            "NoCapacity",
            "choose another"),
        arguments(
            "VirtualMachines_CreateOrUpdate",
            new Fault.FailOperation("AllocationFailed", "We do not have sufficient capacity."),
            "StartFailed",
            "AllocationFailed: We do not have sufficient capacity"),
        arguments(
            "Disks_CreateOrUpdate",
            new Fault.FailOperation("InternalExecutionError", "It broke."),
            "DiskFailed",
            "db1-disk-1"),
        arguments(
            "Disks_RevokeAccess",
            new Fault.FailOperation("InternalExecutionError", "It broke."),
            "DiskFailed",
            "could not be closed"),
        arguments(
            "NetworkInterfaces_CreateOrUpdate",
            new Fault.FailOperation("InternalServerError", "It broke."),
            "NicFailed",
            "interface"),
        arguments(
            "Disks_GrantAccess",
            new Fault.Refuse(400, "InvalidParameter", "No."),
            "Refused",
            "Azure refused it"));
  }

  @ParameterizedTest
  @MethodSource("forGood")
  void refusedForGood_failsWithReasonAndRemedy(
      String call, Fault fault, String reason, String remedy) throws Exception {
    faults().order(call, 1, fault);
    String run = begin(Action.Failover);
    failed(run, reason, remedy);
  }

  private static void failed(String run, String reason, String remedy) throws Exception {
    world.drive(run);
    assertThat(world.member(run).phase()).isEqualTo(MemberPhase.Failed);
    assertThat(ready(run).reason()).as(ready(run).message()).isEqualTo(reason);
    assertThat(ready(run).message()).startsWith("db1: ").contains(remedy);
    nothingIsLeft(run);
  }

  @Test
  void quota_failsRunAfterRun_untilItIsRaised() throws Exception {
    world.site.azure().limits().set(Limits.CORES, 1);
    failed(begin(Action.Failover), "QuotaExceeded", "have it raised or choose a smaller size");
    world.site.azure().limits().set(Limits.CORES, 20);
    world.site.azure().limits().set(Limits.DISKS, 1);
    failed(begin(Action.Failover), "QuotaExceeded", "StandardDiskCount");
    world.site.azure().limits().set(Limits.DISKS, 500);
    succeeds(begin(Action.Failover), "db1");
  }

  @Test
  void addressTaken_unknownNetwork_thenItWorks() throws Exception {
    world.site.group();
    world.cloud().createNic(world.rival());
    String run = begin(Action.Failover);
    world.drive(run);
    assertThat(ready(run).reason()).as(ready(run).message()).isEqualTo("AddressTaken");
    assertThat(ready(run).message()).contains("onIpConflict: NextFree");
    assertThat(world.site.left()).as("only the rival's").containsExactly("rival-nic");
    world.site.wipe();
    world.subnet("nowhere");
    failed(begin(Action.Failover), "NotFound", "correct the target");
    world.subnet("servers");
    succeeds(begin(Action.Failover), "db1");
  }

  @Test
  void credentialThatIsWrong_isWaitedFor_alsoWhileUndoing() throws Exception {
    String run = begin(Action.Failover);
    world.site.credential("wrong");
    world.driveUntil(run, "CredentialRefused");
    assertThat(ready(run).message()).contains("target.credentialSecretRef");
    assertThat(world.status(run).phase()).isEqualTo(Phase.Running);
    world.site.credential(world.site.azure().account().secret());
    world.driveUntil(run, "Hydrating");
    assertThat(world.site.left()).hasSize(2);
    world.site.credential("wrong again");
    world.cancel(run);
    world.driveUntil(run, "CredentialRefused");
    assertThat(world.site.left()).as("nobody could take it away").hasSize(2);
    world.site.credential(world.site.azure().account().secret());
    world.drive(run);
    assertThat(world.status(run).phase()).isEqualTo(Phase.Cancelled);
    nothingIsLeft(run);
  }

  @Test
  void throttled_rightsMissing_faults_areWaitedOut() throws Exception {
    faults().order("Disks_CreateOrUpdate", 1, new Fault.Throttle(1));
    faults()
        .order(
            "NetworkInterfaces_CreateOrUpdate",
            1,
            new Fault.Refuse(403, "AuthorizationFailed", "no"));
    faults()
        .order("VirtualMachines_CreateOrUpdate", 2, new Fault.Refuse(500, "InternalError", "no"));
    String run = begin(Action.TestFailover);
    world.driveUntil(run, "Throttled");
    Instant asked = faults().seen().getLast().at();
    world.driveUntil(run, "PermissionMissing");
    assertThat(ready(run).message()).contains("grant it");
    world.driveUntil(run, "Unreachable");
    succeeds(run, "db1-test");
    List<Faults.Seen> between =
        faults().seen().stream()
            .filter(s -> s.at().isAfter(asked) && s.at().isBefore(asked.plusMillis(950)))
            .toList();
    assertThat(between).as("Azure is left alone while it says so").isEmpty();
  }

  @Test
  void answersThatAreLost_costNothing() throws Exception {
    for (String call :
        List.of(
            "ResourceGroups_CreateOrUpdate",
            "Disks_CreateOrUpdate",
            "Disks_GrantAccess",
            "Disks_RevokeAccess",
            "NetworkInterfaces_CreateOrUpdate",
            "VirtualMachines_CreateOrUpdate")) {
      faults().order(call, 1, new Fault.CutAfter());
    }
    int jobs = world.jobs.started().size();
    succeeds(begin(Action.TestFailover), "db1-test");
    assertThat(world.jobs.started()).hasSize(jobs + 2);
  }

  @Test
  void uploadThatIsCut_goesOn_orFailsTheRun() throws Exception {
    faults().order(UPLOAD, 2, new Fault.CutBefore());
    faults().order(UPLOAD, 1, new Fault.CutAfter());
    faults().order(UPLOAD, 1, new Fault.Throttle(1));
    succeeds(begin(Action.Failover), "db1");
    assertThat(faults().seen()).anyMatch(s -> s.call().equals(UPLOAD) && s.status() == 0);
    world.startOver();

    faults().order(UPLOAD, ALWAYS, new Fault.Refuse(403, "AuthorizationFailed", "no"));
    String run = begin(Action.Failover);
    world.look(run);
    // Replication goes on beside a run that fails.
    world.machine.writeAndMark(AzureWorld.FIRST.plusSeconds(60));
    world.driveUntil(run, "HydrationFailed");
    // The disk's own access is asked for to end it, so it is let through again.
    faults().clear();
    failed(run, "HydrationFailed", "exit code 1");
    assertThat(world.points()).hasSize(3);
    succeeds(begin(Action.Failover), "db1");
  }

  @Test
  void secondRunOnTheMachine_isRefused_alsoAfterARestart() throws Exception {
    String first = begin(Action.TestFailover);
    world.driveUntil(first, "Hydrating");
    for (int i = 0; i < 2; i++) {
      String second = begin(Action.Failover);
      world.drive(second);
      assertThat(world.status(second).phase()).isEqualTo(Phase.Failed);
      assertThat(ready(second).reason()).isEqualTo("MachineBusy");
      assertThat(ready(second).message()).contains(first);
      world.restart(Lifeline.endless());
    }
    succeeds(first, "db1-test");
    String third = begin(Action.TestFailover);
    world.drive(third);
    assertThat(ready(third).reason()).isEqualTo("ReplicaThere");
    assertThat(world.site.left()).hasSize(4);
  }
}
