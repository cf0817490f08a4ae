package dev.lifeboat.operator.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.crds.MachineTarget;
import dev.lifeboat.crds.ProtectedVM;
import dev.lifeboat.crds.ProtectedVMSpec;
import dev.lifeboat.crds.ProtectedVMStatus;
import dev.lifeboat.crds.RecoveryRun;
import dev.lifeboat.crds.RecoveryRunSpec;
import dev.lifeboat.crds.RecoveryRunSpec.Action;
import dev.lifeboat.crds.RecoveryRunStatus.Member;
import dev.lifeboat.crds.RecoveryRunStatus.MemberPhase;
import dev.lifeboat.crds.ReplicationPolicy;
import dev.lifeboat.crds.ReplicationPolicySpec;
import dev.lifeboat.crds.TargetSpec;
import dev.lifeboat.operator.MovableClock;
import dev.lifeboat.operator.agents.AgentReports;
import dev.lifeboat.operator.agents.SecretRecords;
import dev.lifeboat.operator.cloud.CloudException;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What stands in Azure is found by what was written down, whatever the objects say since. */
@EnableKubernetesMockClient(crud = true, https = false)
class KubernetesSubjectsTest {
  private static final UUID UID = new UUID(1, 2);
  private static final String SUBNETS =
      "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/";

  private KubernetesClient client;
  private final FakeVault vault = new FakeVault();
  private final FakeCloud cloud = new FakeCloud();
  private final MovableClock clock = new MovableClock();
  private AgentReports reports;
  private KubernetesSubjects subjects;

  @BeforeEach
  void make() {
    reports = new AgentReports(clock);
    subjects =
        new KubernetesSubjects(
            new KubernetesSubjects.Sources(
                client, policy -> vault, policy -> cloud, new SecretRecords(client, "n"), reports),
            new MachineClaims(),
            clock);
  }

  private void policy(String group) {
    ReplicationPolicy policy = new ReplicationPolicy();
    policy.setMetadata(new ObjectMetaBuilder().withName("gold").withNamespace("n").build());
    policy.setSpec(
        new ReplicationPolicySpec(
            null,
            null,
            null,
            null,
            new TargetSpec("s", group, "westeurope", SUBNETS + "real", null, null, null, null)));
    var _ = client.resource(policy).createOr(old -> old.update());
  }

  private void machine(String name, UUID uid, String vmName, String testSubnet) {
    ProtectedVM machine = new ProtectedVM();
    machine.setMetadata(new ObjectMetaBuilder().withName(name).withNamespace("n").build());
    machine.setSpec(
        new ProtectedVMSpec(
            "gold",
            new ProtectedVMSpec.Source(new ProtectedVMSpec.Host("h")),
            null,
            null,
            new MachineTarget(vmName, null, null, null, testSubnet, null, null, null, Map.of()),
            null));
    if (uid != null) {
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
    var _ = client.resource(machine).createOr(old -> old.update());
  }

  private static RecoveryRun run(String name, Action action) {
    RecoveryRun run = new RecoveryRun();
    run.setMetadata(
        new ObjectMetaBuilder().withName(name).withNamespace("n").withUid("u-" + name).build());
    run.setSpec(new RecoveryRunSpec(action, "m", null, null, null, null));
    return run;
  }

  /** As it is written down once things are made. */
  private Member begun(Member fresh) throws CloudException {
    return Members.using(
        fresh,
        new ChosenPoint("p", clock.instant(), Map.of(1, 16L << 20)),
        found(run("r", Action.Failover), fresh).replica());
  }

  private MemberSubject found(RecoveryRun run, Member member) throws CloudException {
    Subjects.Found found = subjects.find(run, member);
    assertThat(found).isInstanceOf(Subjects.Found.Subject.class);
    return ((Subjects.Found.Subject) found).subject();
  }

  private String refusal(RecoveryRun run, Member member) throws CloudException {
    Subjects.Found found = subjects.find(run, member);
    assertThat(found).isInstanceOf(Subjects.Found.Refused.class);
    return ((Subjects.Found.Refused) found).refusal().reason();
  }

  @Test
  void saysWhatIsMissing() throws Exception {
    RecoveryRun run = run("r", Action.Failover);
    Member member = Members.fresh("m", null, 0);
    assertThat(refusal(run, member)).isEqualTo("MachineMissing");
    machine("m", null, null, null);
    assertThat(refusal(run, member)).isEqualTo("NeverProtected");
    machine("m", UID, null, null);
    assertThat(refusal(run, member)).isEqualTo("PolicyMissing");
    policy("g");
    assertThat(found(run, member).uid()).isEqualTo(UID);
  }

  @Test
  void isolatesTests() throws Exception {
    policy("g");
    machine("m", UID, null, null);
    Member member = Members.fresh("m", UID.toString(), 0);
    RecoveryRun test = run("r", Action.TestFailover);
    assertThat(refusal(test, member)).isEqualTo("NoTestSubnet");
    machine("m", UID, null, SUBNETS.toUpperCase(Locale.ROOT) + "REAL");
    assertThat(refusal(test, member)).isEqualTo("NoTestSubnet");
    machine("m", UID, null, SUBNETS + "test");
    assertThat(found(test, member).replica().network().subnetId()).isEqualTo(SUBNETS + "test");
  }

  @Test
  void keepsTheNameThatWasWrittenDown_whenTheMachineIsRenamed() throws Exception {
    policy("g");
    machine("m", UID, "before", null);
    Member member = begun(Members.fresh("m", UID.toString(), 0));
    machine("m", UID, "since", null);
    assertThat(found(run("r", Action.Failover), member).replica().vmName()).isEqualTo("before");
  }

  @Test
  void refusesAMachineThatWasMadeAnewUnderTheRun() throws Exception {
    policy("g");
    machine("m", UID, null, null);
    Member member = begun(Members.fresh("m", UID.toString(), 0));
    machine("m", new UUID(3, 4), null, null);
    assertThat(refusal(run("r", Action.Failover), member)).isEqualTo("MachineReplaced");
  }

  @Test
  void refusesToLookElsewhere_whenTheTargetIsChangedUnderTheRun() throws Exception {
    policy("g");
    machine("m", UID, null, null);
    Member member = begun(Members.fresh("m", UID.toString(), 0));
    policy("another");
    assertThat(refusal(run("r", Action.Failover), member)).isEqualTo("TargetChanged");
    policy("G");
    assertThat(found(run("r", Action.Failover), member).uid()).isEqualTo(UID);
  }

  @Test
  void givesAVmNameToOneMachineOnly() throws Exception {
    policy("g");
    machine("m", UID, "shared", null);
    machine("other", new UUID(3, 4), "Shared", null);
    found(run("r", Action.Failover), Members.fresh("m", UID.toString(), 0));
    assertThat(
            refusal(
                run("r2", Action.Failover), Members.fresh("other", new UUID(3, 4).toString(), 0)))
        .isEqualTo("NameTaken");
  }

  @Test
  void takesSilenceForDeathOnlyWhereItListenedLongEnough() throws Exception {
    policy("g");
    machine("m", UID, null, null);
    MemberSubject subject = found(run("r", Action.Failover), Members.fresh("m", UID.toString(), 0));
    assertThat(subjects.source(subject)).isEqualTo(Observed.Source.NotHeardYet);
    clock.forward(Duration.ofSeconds(59));
    assertThat(subjects.source(subject)).isEqualTo(Observed.Source.NotHeardYet);
    clock.forward(Duration.ofSeconds(2));
    assertThat(subjects.source(subject)).isEqualTo(Observed.Source.Silent);
    reports.heard(UID, null);
    assertThat(subjects.source(subject)).isEqualTo(Observed.Source.Alive);
    clock.forward(Duration.ofSeconds(31));
    assertThat(subjects.source(subject)).isEqualTo(Observed.Source.Silent);
  }

  /** What one machine of a plan left is still taken back when another's object is gone. */
  @Test
  void aDeletedRunIsLost_onlyWhenNoneOfItsMachinesIsFound() throws Exception {
    policy("g");
    machine("m", UID, null, null);
    RecoveryRun run = run("r", Action.Failover);
    Member there = begun(Members.fresh("m", UID.toString(), 0));
    Member gone = Members.fresh("gone", new UUID(3, 4).toString(), 0);
    Member ended = Members.ended(there, MemberPhase.Failed, "", clock.instant());
    assertThat(RunReconciler.isLost(subjects, run, List.of(there, gone))).isFalse();
    assertThat(RunReconciler.isLost(subjects, run, List.of(ended, gone))).isTrue();
    assertThat(RunReconciler.isLost(subjects, run, List.of(gone))).isTrue();
  }
}
