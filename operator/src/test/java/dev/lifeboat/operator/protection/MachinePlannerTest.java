package dev.lifeboat.operator.protection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.crds.Condition;
import dev.lifeboat.crds.ProtectedVM;
import dev.lifeboat.crds.ProtectedVMSpec;
import dev.lifeboat.crds.ProtectedVMStatus;
import dev.lifeboat.crds.ProtectedVMStatus.Health;
import dev.lifeboat.crds.ProtectedVMStatus.ProtectionState;
import dev.lifeboat.operator.agents.AgentRecord;
import dev.lifeboat.operator.agents.AgentReport;
import dev.lifeboat.operator.agents.AgentReports;
import dev.lifeboat.operator.cloud.Readiness;
import dev.lifeboat.operator.cloud.Readiness.Check;
import dev.lifeboat.operator.status.Conditions;
import dev.lifeboat.operator.vaults.VaultPoint;
import dev.lifeboat.vault.head.Head;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class MachinePlannerTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final UUID UID = new UUID(1, 2);

  private Optional<AgentRecord> agent = Optional.of(enrolled("hardware"));
  private Optional<AgentReports.Heard> heard = report("Consistent", true, 3);
  private Head head = Head.fresh();
  private final List<VaultPoint> points =
      new ArrayList<>(List.of(new VaultPoint("l/1/1", NOW.minusSeconds(20), "", Map.of(1, 1L))));
  private ProtectedVMStatus was = ProtectedVMStatus.none();
  private Optional<Readiness> readiness =
      Optional.of(new Readiness(List.of(Check.good("subscription"), Check.good("quota"))));
  private Instant silentSince = NOW.minusSeconds(600);
  private Optional<MachineFacts.Problem> problem = Optional.empty();
  private int threshold = 60;
  private List<ProtectedVMSpec.Disk> disks = List.of();

  private static AgentRecord enrolled(String hardware) {
    return new AgentRecord(UID, null, null, null, null, hardware, null, null, null, null);
  }

  private static Optional<AgentReports.Heard> report(String state, boolean connected, double lag) {
    return Optional.of(
        new AgentReports.Heard(
            new AgentReport(state, "why", 40, connected, "s", connected ? "" : "refused", lag, 0),
            NOW.minusSeconds(5)));
  }

  private ProtectedVMStatus plan() {
    ProtectedVM machine = new ProtectedVM();
    machine.setMetadata(new ObjectMetaBuilder().withName("m").withGeneration(1L).build());
    machine.setSpec(
        new ProtectedVMSpec(
            "p",
            new ProtectedVMSpec.Source(new ProtectedVMSpec.Host("h")),
            disks,
            null,
            null,
            null));
    Conditions conditions =
        new Conditions(
            was.conditions(), MachineConditions.TYPES, 1, Clock.fixed(NOW, ZoneOffset.UTC));
    was = MachinePlanner.status(machine, was, facts(), conditions, NOW);
    return was;
  }

  private MachineFacts facts() {
    return problem
        .map(found -> MachineFacts.unseen(found, agent, heard, silentSince, threshold))
        .orElseGet(() ->
            new MachineFacts(
                Optional.empty(),
                agent,
                heard,
                silentSince,
                Optional.of(head),
                points,
                readiness,
                new MachineFacts.Runs(MachineFacts.TestRun.None, false),
                threshold,
                true));
  }

  /** From now on the vault cannot be looked at. */
  private void vaultGoes() {
    problem = Optional.of(new MachineFacts.Problem("VaultUnusable", "it does not answer"));
  }

  private static String reason(ProtectedVMStatus status, String type) {
    Condition found =
        status.conditions().stream().filter(c -> c.type().equals(type)).findFirst().orElseThrow();
    return found.status() + " " + found.reason();
  }

  private static String message(ProtectedVMStatus status, String type) {
    return status.conditions().stream()
        .filter(c -> c.type().equals(type))
        .findFirst()
        .orElseThrow()
        .message();
  }

  @Test
  void protectedMachine_isReadyAndNormal() {
    ProtectedVMStatus status = plan();
    assertThat(status.protectionState()).isEqualTo(ProtectionState.Protected);
    assertThat(status.replicationHealth()).isEqualTo(Health.Normal);
    assertThat(reason(status, "Ready")).isEqualTo("True Protected");
    assertThat(status.allowedOperations()).containsExactly("TestFailover", "Failover");
    assertThat(status.conditions()).hasSize(6);
  }

  @Test
  void disksThatWereEditedSinceItEnrolled_areToldOf() {
    agent =
        Optional.of(
            new AgentRecord(
                UID,
                null,
                null,
                null,
                null,
                "hardware",
                null,
                List.of(new AgentRecord.Disk(2, "/dev/sdb"), new AgentRecord.Disk(1, "/dev/sda")),
                null,
                null));
    assertThat(reason(plan(), "Ready")).isEqualTo("True Protected");
    disks =
        List.of(new ProtectedVMSpec.Disk(1, "/dev/sda"), new ProtectedVMSpec.Disk(2, "/dev/sdb"));
    assertThat(reason(plan(), "Ready")).isEqualTo("True Protected");
    disks =
        List.of(new ProtectedVMSpec.Disk(1, "/dev/sda"), new ProtectedVMSpec.Disk(2, "/dev/sdc"));
    ProtectedVMStatus status = plan();
    assertThat(reason(status, "Ready")).isEqualTo("False DisksSettled");
    assertThat(message(status, "Ready"))
        .contains("protects 1 /dev/sda, 2 /dev/sdb")
        .contains("dr.lifeboat.dev/enrol-again");
    disks = List.of();
    assertThat(reason(plan(), "Ready")).isEqualTo("True Protected");
  }

  @Test
  void machineWithoutTheDiskThatItBootsFrom_isNotReadyToFailOver() {
    points.add(new VaultPoint("l/1/2", NOW, "", Map.of(2, 1L, 3, 1L)));
    ProtectedVMStatus status = plan();
    assertThat(reason(status, "FailoverReady")).isEqualTo("False NoBootDisk");
    assertThat(reason(status, "Ready")).isEqualTo("True Protected");
  }

  @Test
  void waitsForItsAgent() {
    agent = Optional.of(AgentRecord.awaiting(UID, "hash", NOW.plusSeconds(60), ""));
    heard = Optional.empty();
    points.clear();
    ProtectedVMStatus status = plan();
    assertThat(status.protectionState()).isEqualTo(ProtectionState.EnablingProtection);
    assertThat(reason(status, "AgentHealthy")).isEqualTo("False NotEnrolled");
    assertThat(status.enrolment().secretName()).isEqualTo("m-agent");
    assertThat(status.allowedOperations()).isEmpty();
  }

  @Test
  void firstCopy_saysHowFarItIs() {
    points.clear();
    heard = report("Converging", true, -1);
    ProtectedVMStatus status = plan();
    assertThat(status.protectionState()).isEqualTo(ProtectionState.InitialReplication);
    assertThat(status.convergence().percent()).isEqualTo(40);
    assertThat(reason(status, "RpoMet")).isEqualTo("False NoRecoveryPoint");
  }

  @Test
  void oldPoint_missesTheRpo_unlessNothingWasWritten() {
    points.set(0, new VaultPoint("l/1/1", NOW.minusSeconds(61), "", Map.of(1, 1L)));
    assertThat(reason(plan(), "RpoMet")).isEqualTo("False ThresholdExceeded");
    assertThat(was.replicationHealth()).isEqualTo(Health.Critical);
    heard = report("Consistent", true, 0);
    assertThat(reason(plan(), "RpoMet")).isEqualTo("True Quiet");
  }

  @Test
  void silence_countsOnlyWhenTheOperatorCouldHaveHeard() {
    plan();
    heard = Optional.empty();
    silentSince = NOW.minusSeconds(10);
    assertThat(reason(plan(), "AgentHealthy")).isEqualTo("True Reporting");
    silentSince = NOW.minusSeconds(61);
    assertThat(reason(plan(), "AgentHealthy")).isEqualTo("False Silent");
    assertThat(reason(was, "Replicating")).isEqualTo("Unknown Silent");
  }

  @Test
  void headIsTheTruth() {
    head = new Head(3, UID, UID, "Recovery", "Pending:run");
    ProtectedVMStatus status = plan();
    assertThat(status.protectionState()).isEqualTo(ProtectionState.CommitPending);
    assertThat(status.activeLocation()).isEqualTo(ProtectedVMStatus.ActiveLocation.Recovery);
    assertThat(status.allowedOperations()).containsExactly("Commit");
    assertThat(reason(status, "Replicating")).isEqualTo("False FailedOver");
  }

  @Test
  void failoverReady_saysWhatWasChecked_andWhatIsInTheWay() {
    assertThat(reason(plan(), "FailoverReady")).isEqualTo("True Checked");
    assertThat(message(was, "FailoverReady")).contains("in Azure: subscription, quota.");
    readiness =
        Optional.of(
            new Readiness(
                List.of(
                    Check.good("subscription"),
                    Check.unknown("network", "Throttled", "later"),
                    Check.bad("quota", "QuotaTooSmall", "have it raised"))));
    assertThat(reason(plan(), "FailoverReady")).isEqualTo("False QuotaTooSmall");
    assertThat(message(was, "FailoverReady"))
        .startsWith("have it raised. In order: ")
        .endsWith("in Azure: subscription");
    readiness = Optional.of(new Readiness(List.of(Check.unknown("network", "Throttled", "later"))));
    assertThat(reason(plan(), "FailoverReady")).isEqualTo("Unknown Throttled");
    readiness = Optional.empty();
    assertThat(reason(plan(), "FailoverReady")).isEqualTo("Unknown NotCheckedYet");
    points.clear();
    assertThat(reason(plan(), "FailoverReady")).isEqualTo("False NoRecoveryPoint");
  }

  @Test
  void unseenVault_promisesNothing_whatNeedsNoVaultIsSaid() {
    plan();
    vaultGoes();
    ProtectedVMStatus status = plan();
    assertThat(reason(status, "Ready")).isEqualTo("False VaultUnusable");
    assertThat(reason(status, "RpoMet")).isEqualTo("Unknown VaultUnusable");
    assertThat(reason(status, "FailoverReady")).isEqualTo("Unknown VaultUnusable");
    assertThat(message(status, "FailoverReady")).isEqualTo("it does not answer");
    assertThat(reason(status, "AgentHealthy")).isEqualTo("True Reporting");
    assertThat(reason(status, "Replicating")).isEqualTo("True Streaming");
    assertThat(status.replicationHealth()).isEqualTo(Health.Warning);
    assertThat(status.allowedOperations()).isEmpty();
    assertThat(status.protectionState()).isEqualTo(ProtectionState.Protected);
    assertThat(status.recoveryPoints()).hasSize(1);
    assertThat(plan()).isEqualTo(status);

    heard = report("Consistent", false, 30);
    assertThat(reason(plan(), "Replicating")).isEqualTo("False NotConnected");
    heard = Optional.empty();
    assertThat(reason(plan(), "AgentHealthy")).isEqualTo("False Silent");
    assertThat(reason(was, "Replicating")).isEqualTo("Unknown Silent");

    heard = report("Consistent", true, 3);
    problem = Optional.empty();
    assertThat(plan().replicationHealth()).isEqualTo(Health.Normal);
    assertThat(reason(was, "FailoverReady")).isEqualTo("True Checked");
    assertThat(was.allowedOperations()).containsExactly("TestFailover", "Failover");
  }

  @Test
  void unseenVault_isCritical_whenTheLastKnownPointIsTooOld() {
    points.set(0, new VaultPoint("l/1/1", NOW.minusSeconds(61), "", Map.of(1, 1L)));
    plan();
    vaultGoes();
    assertThat(plan().replicationHealth()).isEqualTo(Health.Critical);
    heard = Optional.empty();
    assertThat(plan().replicationHealth()).as("silence is no comfort").isEqualTo(Health.Critical);
    heard = report("Consistent", true, 0);
    assertThat(plan().replicationHealth()).as("nothing was written").isEqualTo(Health.Warning);
    heard = report("Consistent", true, 3);
    threshold = MachineFacts.NO_THRESHOLD;
    assertThat(plan().replicationHealth()).as("too old for whom?").isEqualTo(Health.Warning);
  }

  @Test
  void unseenFromTheBeginning_saysWhyThereIsNoCommand() {
    agent = Optional.empty();
    heard = Optional.empty();
    vaultGoes();
    assertThat(reason(plan(), "AgentHealthy")).isEqualTo("Unknown VaultUnusable");
    assertThat(reason(was, "Replicating")).isEqualTo("False NotEnrolled");
    assertThat(reason(was, "RpoMet")).isEqualTo("Unknown VaultUnusable");
    assertThat(was.replicationHealth()).isEqualTo(Health.Warning);
  }

  @Test
  void samePictureTwice_isTheSameStatus_pointsMoveInSteps() {
    ProtectedVMStatus first = plan();
    assertThat(plan()).isEqualTo(first);
    points.add(new VaultPoint("l/1/2", NOW.minusSeconds(15), "", Map.of(1, 1L)));
    assertThat(plan()).isEqualTo(first);
    points.add(new VaultPoint("l/1/3", NOW.plusSeconds(11), "", Map.of(1, 1L)));
    assertThat(plan().recoveryPoints().getFirst().id()).isEqualTo("l/1/3");
  }
}
