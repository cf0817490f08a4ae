package dev.lifeboat.operator.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.crds.ProtectedVM;
import dev.lifeboat.crds.ProtectedVMStatus;
import dev.lifeboat.crds.RecoveryRun;
import dev.lifeboat.crds.RecoveryRunSpec;
import dev.lifeboat.crds.RecoveryRunSpec.Action;
import dev.lifeboat.crds.RecoveryRunStatus;
import dev.lifeboat.crds.RecoveryRunStatus.DiskProgress;
import dev.lifeboat.crds.RecoveryRunStatus.Member;
import dev.lifeboat.crds.RecoveryRunStatus.MemberPhase;
import dev.lifeboat.operator.MovableClock;
import dev.lifeboat.operator.status.Conditions;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A cleanup looks for what the test failover made, under the names that it had then. */
@EnableKubernetesMockClient(crud = true, https = false)
class RunStartTest {
  private static final String UID = new UUID(1, 2).toString();

  private final MovableClock clock = new MovableClock();
  private KubernetesClient client;

  @BeforeEach
  void machineIsThere() {
    ProtectedVM machine = new ProtectedVM();
    machine.setMetadata(new ObjectMetaBuilder().withName("m").withNamespace("n").build());
    machine.setStatus(
        new ProtectedVMStatus(
            null, UID, null, null, null, null, null, null, null, null, null, null, null));
    var _ = client.resource(machine).create();
  }

  private static RecoveryRun run(String name, Action action) {
    RecoveryRun run = new RecoveryRun();
    run.setMetadata(new ObjectMetaBuilder().withName(name).withNamespace("n").build());
    run.setSpec(new RecoveryRunSpec(action, "m", null, null, null, null));
    return run;
  }

  private void tested(String name, String started, String uid, String point) {
    RecoveryRun run = run(name, Action.TestFailover);
    Member member =
        new Member(
            "m",
            uid,
            0,
            MemberPhase.Succeeded,
            null,
            point,
            null,
            List.of(new DiskProgress(7, 1L, "disk-of-" + name, true)),
            "group-of-" + name,
            "vm-of-" + name,
            null,
            null,
            null,
            null);
    run.setStatus(
        new RecoveryRunStatus(
            1L,
            RecoveryRunStatus.Phase.Succeeded,
            null,
            null,
            started,
            started,
            null,
            null,
            List.of(member),
            null));
    var _ = client.resource(run).create();
  }

  private Member cleanup() {
    RecoveryRunStatus status =
        new RunStart(client, clock)
            .status(
                run("cleanup", Action.CleanupTestFailover),
                Optional.empty(),
                new Conditions(List.of(), RunProgress.TYPES, 1L, clock));
    assertThat(status.members()).hasSize(1);
    return status.members().getFirst();
  }

  @Test
  void takesTheNewestTestThatMadeAnything() {
    tested("first", "2026-01-01T00:00:00Z", UID, "p1");
    tested("second", "2026-01-02T00:00:00Z", UID, "p2");
    tested("refused", "2026-01-03T00:00:00Z", UID, null);
    Member member = cleanup();
    assertThat(member.phase()).isEqualTo(MemberPhase.Pending);
    assertThat(member.vmName()).isEqualTo("vm-of-second");
    assertThat(member.resourceGroup()).isEqualTo("group-of-second");
    assertThat(member.disks()).extracting(DiskProgress::diskName).containsExactly("disk-of-second");
    assertThat(member.point()).isNull();
  }

  @Test
  void takesNoneOfAnotherMachineThatHadTheName() {
    tested("other", "2026-01-01T00:00:00Z", new UUID(3, 4).toString(), "p1");
    assertThat(cleanup()).isEqualTo(Members.fresh("m", UID, 0));
  }
}
