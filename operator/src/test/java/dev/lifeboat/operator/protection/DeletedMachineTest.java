package dev.lifeboat.operator.protection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.crds.ProtectedVM;
import dev.lifeboat.crds.ProtectedVMSpec;
import dev.lifeboat.crds.ProtectedVMStatus;
import dev.lifeboat.crds.RecoveryRun;
import dev.lifeboat.crds.RecoveryRunSpec;
import dev.lifeboat.crds.RecoveryRunSpec.Action;
import dev.lifeboat.crds.RecoveryRunStatus;
import dev.lifeboat.crds.RecoveryRunStatus.Member;
import dev.lifeboat.crds.RecoveryRunStatus.MemberPhase;
import dev.lifeboat.crds.ReplicationPolicy;
import dev.lifeboat.crds.ReplicationPolicySpec;
import dev.lifeboat.operator.agents.AgentRecord;
import dev.lifeboat.operator.agents.AgentReports;
import dev.lifeboat.operator.agents.Enrolments;
import dev.lifeboat.operator.agents.SecretRecords;
import dev.lifeboat.operator.status.Events;
import dev.lifeboat.operator.vaults.FakeDenyList;
import dev.lifeboat.operator.vaults.KeptDenials;
import dev.lifeboat.operator.vaults.VaultMisconfiguredException;
import dev.lifeboat.wire.identity.CertificateAuthority;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The agent of a machine that is deleted is shut out, whatever was deleted before it. */
@EnableKubernetesMockClient(crud = true, https = false)
class DeletedMachineTest {

  private final String ends = Instant.now().plusSeconds(3600).toString();

  private final ProtectedVM machine = new ProtectedVM();
  private final FakeDenyList vault = new FakeDenyList();
  private final Clock clock = Clock.systemUTC();
  private boolean secretMissing;
  private KubernetesClient client;
  private SecretRecords records;
  private KeptDenials denials;
  private MachineReconciler reconciler;

  @BeforeEach
  void machineIsEnrolled() throws Exception {
    machine.setMetadata(
        new ObjectMetaBuilder().withName("m").withNamespace("n").withUid("uid-of-m").build());
    machine.setSpec(
        new ProtectedVMSpec(
            "gold",
            new ProtectedVMSpec.Source(new ProtectedVMSpec.Host("h")),
            null,
            null,
            null,
            null));
    records = new SecretRecords(client, "n");
    denials = new KeptDenials(client, "n", clock);
    enrolled(new AgentRecord.Certificate("1a", ends), new AgentRecord.Certificate("2b", ends));
    AgentReports reports = new AgentReports(clock);
    reconciler =
        new MachineReconciler(
            client,
            policy -> {
              if (secretMissing) {
                throw new VaultMisconfiguredException("SecretMissing", "there is no Secret s");
              }
              return vault;
            },
            new MachineReconciler.Agents(
                new Enrolments(
                    records, CertificateAuthority.create("test", clock), "host:443", clock),
                records,
                reports,
                denials),
            new MachineReconciler.Seen(
                new ReadinessWatch(
                    policy -> {
                      throw new AssertionError("a deleted machine is not looked at");
                    },
                    Runnable::run,
                    clock),
                new MachineMetrics(new CollectorRegistry())),
            new Events(client, clock),
            clock);
  }

  private void enrolled(AgentRecord.Certificate... certificates) {
    records.create(
        machine,
        new AgentRecord(
            new UUID(1, 2),
            null,
            null,
            null,
            null,
            "hardware",
            null,
            null,
            List.of(certificates),
            null),
        "command");
  }

  private void policyIsThere() {
    ReplicationPolicy policy = new ReplicationPolicy();
    policy.setMetadata(new ObjectMetaBuilder().withName("gold").withNamespace("n").build());
    policy.setSpec(new ReplicationPolicySpec(null, null, null, null, null));
    var _ = client.resource(policy).create();
  }

  private boolean letsGo() {
    return reconciler.cleanup(machine, null).isRemoveFinalizer();
  }

  private List<String> told() {
    return client.v1().events().inNamespace("n").list().getItems().stream()
        .map(Event::getReason)
        .toList();
  }

  private boolean recordIsOpen() {
    return records.of("m").orElseThrow().open();
  }

  @Test
  void deniesAtOnce_whereTheVaultAnswers() {
    policyIsThere();
    assertThat(letsGo()).isTrue();
    assertThat(vault.denied).containsExactly("1a", "2b");
    assertThat(recordIsOpen()).isFalse();
    assertThat(told()).isEmpty();
  }

  @Test
  void waits_whileTheVaultDoesNotAnswer_andIssuesNothingMeanwhile() {
    policyIsThere();
    vault.unreachable = true;
    assertThat(letsGo()).isFalse();
    assertThat(told()).containsExactly("DenyListUnwritten");
    assertThat(recordIsOpen()).isFalse();
    vault.unreachable = false;
    assertThat(letsGo()).isTrue();
    assertThat(vault.denied).containsExactly("1a", "2b");
  }

  @Test
  void deniesLater_whereThePolicyWasDeletedFirst() throws IOException {
    assertThat(letsGo()).isTrue();
    assertThat(recordIsOpen()).isFalse();
    assertThat(told()).containsExactly("DenyListKept");
    assertThat(vault.denied).isEmpty();
    // A policy is made again: its vault is prepared.
    denials.denyIn(vault);
    assertThat(vault.denied).containsExactly("1a", "2b");
  }

  @Test
  void deniesLater_whereASecretWasDeletedFirst() throws IOException {
    policyIsThere();
    secretMissing = true;
    assertThat(letsGo()).isTrue();
    assertThat(told()).containsExactly("DenyListKept");
    denials.denyIn(vault);
    assertThat(vault.denied).containsExactly("1a", "2b");
  }

  private RecoveryRun run(Action action, MemberPhase phase) {
    RecoveryRun run = new RecoveryRun();
    run.setMetadata(new ObjectMetaBuilder().withName("run").withNamespace("n").build());
    run.setSpec(new RecoveryRunSpec(action, "m", null, null, null, null));
    Member member =
        new Member(
            "m",
            new UUID(1, 2).toString(),
            0,
            phase,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null);
    run.setStatus(
        new RecoveryRunStatus(1L, null, null, null, ends, null, null, null, List.of(member), null));
    return run;
  }

  private void machineIsKnownAs(UUID uid) {
    machine.setStatus(
        new ProtectedVMStatus(
            null,
            uid.toString(),
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null));
  }

  @Test
  void waitsForTheRunThatWorksOnIt_andSaysSoOnce() {
    policyIsThere();
    machineIsKnownAs(new UUID(1, 2));
    RecoveryRun run = run(Action.Failover, MemberPhase.Pending);
    var _ = client.resource(run).create();
    assertThat(letsGo()).isFalse();
    run.setStatus(run(Action.Failover, MemberPhase.RollingBack).getStatus());
    var _ = client.resource(run).update();
    assertThat(letsGo()).isFalse();
    assertThat(vault.denied).containsExactly("1a", "2b");
    assertThat(told()).containsExactly("RunUnfinished");
    assertThat(client.v1().events().inNamespace("n").list().getItems().getFirst().getCount())
        .isEqualTo(2);
    run.setStatus(run(Action.Failover, MemberPhase.Cancelled).getStatus());
    var _ = client.resource(run).update();
    assertThat(letsGo()).isTrue();
    assertThat(told()).containsExactly("RunUnfinished");
  }

  @Test
  void doesNotWait_forARunOfAMachineThatHadItsName() {
    machineIsKnownAs(new UUID(3, 4));
    var _ = client.resource(run(Action.Failover, MemberPhase.Running)).create();
    assertThat(letsGo()).isTrue();
  }

  @Test
  void saysHowToCleanUp_whereTheReplicaOfATestIsUp() {
    policyIsThere();
    machineIsKnownAs(new UUID(1, 2));
    var _ = client.resource(run(Action.TestFailover, MemberPhase.Succeeded)).create();
    assertThat(letsGo()).isTrue();
    assertThat(told()).containsExactly("TestReplicaStays");
  }

  @Test
  void keepsNothing_ofAMachineWithoutCertificates() throws IOException {
    records.remove("m");
    enrolled();
    assertThat(letsGo()).isTrue();
    assertThat(told()).isEmpty();
    assertThat(client.secrets().inNamespace("n").list().getItems()).hasSize(1);
  }
}
