package dev.lifeboat.operator.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.crds.RecoveryRunSpec;
import dev.lifeboat.crds.RecoveryRunSpec.Action;
import dev.lifeboat.crds.RecoveryRunSpec.Point;
import dev.lifeboat.crds.RecoveryRunStatus.Member;
import dev.lifeboat.crds.RecoveryRunStatus.MemberPhase;
import dev.lifeboat.operator.cloud.CloudException;
import dev.lifeboat.operator.cloud.CloudException.Reason;
import dev.lifeboat.operator.vaults.VaultPoint;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole runs, look by look, on a cloud in memory; each look is made by a fresh program. */
class RunDriverTest {

  @Test
  void testFailoverBringsTheMachineUp_andCleanupLeavesNothing() {
    RunWorld world = new RunWorld(Action.TestFailover, "m");
    world.untilEnded();
    Member member = world.member("m");
    assertThat(member.phase()).isEqualTo(MemberPhase.Succeeded);
    assertThat(member.point()).endsWith("/1/9");
    assertThat(member.privateIp()).isEqualTo("10.0.0.4");
    assertThat(world.cloud.left())
        .containsExactlyInAnyOrder("m-test", "m-test-nic", "m-test-disk-1", "m-test-disk-2");
    assertThat(world.jobs).isEmpty();
    assertThat(member.timeline())
        .extracting(step -> step.name())
        .containsExactly("Point", "Disks", "Hydrate", "Network", "Start", "Finish");
    assertThat(member.timeline()).allMatch(step -> step.completionTime() != null);
    assertThat(world.vault.heads.get(RunWorld.uid("m")).commit()).isEqualTo("None");

    world.next("run-2", Action.CleanupTestFailover);
    world.untilEnded();
    assertThat(world.member("m").phase()).isEqualTo(MemberPhase.Succeeded);
    assertThat(world.cloud.left()).isEmpty();
  }

  @Test
  void failoverIsClaimedThenPendingThenCommitted() {
    RunWorld world = new RunWorld(Action.Failover, "m");
    world.look();
    world.look();
    assertThat(world.vault.heads.get(RunWorld.uid("m")).commit()).isEqualTo("Failover:run-1");
    world.untilEnded();
    assertThat(world.vault.heads.get(RunWorld.uid("m")).commit()).isEqualTo("Pending:run-1");
    assertThat(world.vault.heads.get(RunWorld.uid("m")).active()).isEqualTo("Recovery");

    world.next("run-2", Action.Commit);
    world.untilEnded();
    assertThat(world.member("m").phase()).isEqualTo(MemberPhase.Succeeded);
    assertThat(world.vault.heads.get(RunWorld.uid("m")).commit()).isEqualTo("Committed");

    world.next("run-3", Action.Failover);
    world.untilEnded();
    assertThat(world.member("m").reason()).isEqualTo("AlreadyFailedOver");
    assertThat(world.cloud.left()).hasSize(4);
  }

  /** Killed behind every single call to the cloud: the run ends as if nothing had been. */
  @ParameterizedTest
  @EnumSource(
      value = Action.class,
      names = {"TestFailover", "Failover"})
  void killedBehindEachCall_endsTheSame(Action action) {
    RunWorld plain = new RunWorld(action, "m");
    plain.untilEnded();
    int calls = plain.cloud.calls.size();
    assertThat(calls).isGreaterThan(6);
    for (int call = 0; call < calls; call++) {
      RunWorld world = new RunWorld(action, "m");
      world.cloud.crash(call);
      world.untilEnded();
      assertThat(world.member("m").phase()).as("call %d", call).isEqualTo(MemberPhase.Succeeded);
      assertThat(world.cloud.left()).as("call %d", call).isEqualTo(plain.cloud.left());
      assertThat(world.jobs).isEmpty();
      assertThat(world.vault.heads).isEqualTo(plain.vault.heads);
    }
  }

  /** Cancelled at every look, and killed behind every call while undoing: nothing is left. */
  @Test
  void cancelledAtEachLook_leavesNothing() {
    int looks = new RunWorld(Action.Failover, "m").untilEnded();
    for (int at = 0; at < looks - 1; at++) {
      for (int crash = 0; crash < 16; crash++) {
        RunWorld world = new RunWorld(Action.Failover, "m");
        for (int look = 0; look < at; look++) {
          world.look();
        }
        world.cancel();
        world.cloud.crash(world.cloud.calls.size() + crash);
        world.untilEnded();
        assertThat(world.member("m").phase()).as("look %d", at).isEqualTo(MemberPhase.Cancelled);
        assertThat(world.cloud.left()).as("look %d", at).isEmpty();
        assertThat(world.jobs).isEmpty();
        assertThat(world.vault.heads.get(RunWorld.uid("m")).commit()).isEqualTo("None");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "createDisk,QuotaExceeded",
    "createNic,AddressTaken",
    "createNic,NotFound",
    "createVm,QuotaExceeded",
    "createVm,NoCapacity",
    "openUpload,Refused"
  })
  void refusedForGood_undoesAndSaysWhy_andAnotherRunWorks(String call, Reason reason) {
    RunWorld world = new RunWorld(Action.Failover, "m");
    world.cloud.refuse(call, new CloudException(reason, "do this and that"));
    world.untilEnded();
    assertThat(world.member("m").phase()).isEqualTo(MemberPhase.Failed);
    assertThat(world.member("m").reason()).isEqualTo(reason.name());
    assertThat(world.member("m").message()).isEqualTo("do this and that");
    assertThat(world.cloud.left()).isEmpty();
    assertThat(world.jobs).isEmpty();
    assertThat(world.vault.heads.get(RunWorld.uid("m")).commit()).isEqualTo("None");

    world.next("run-2", Action.Failover);
    world.untilEnded();
    assertThat(world.member("m").phase()).isEqualTo(MemberPhase.Succeeded);
  }

  @ParameterizedTest
  @CsvSource({
    "createDisk,Throttled",
    "createNic,Unreachable",
    "createVm,CredentialRefused",
    "look,CredentialRefused",
    "closeUpload,PermissionMissing"
  })
  void refusedForNow_waits(String call, Reason reason) {
    RunWorld world = new RunWorld(Action.TestFailover, "m");
    world.cloud.refuse(call, new CloudException(reason, "wait"));
    boolean said = false;
    for (int look = 0; look < 40; look++) {
      world.look();
      said |= reason.name().equals(world.member("m").reason());
    }
    assertThat(said).isTrue();
    assertThat(world.member("m").phase()).isEqualTo(MemberPhase.Succeeded);
    assertThat(world.member("m").reason()).isNull();
  }

  @Test
  void hydrationThatFails_undoes() {
    RunWorld world = new RunWorld(Action.TestFailover, "m");
    world.jobsEnd = Observed.JobPhase.Failed;
    world.untilEnded();
    assertThat(world.member("m").reason()).isEqualTo("HydrationFailed");
    assertThat(world.member("m").message()).contains("exit code 1");
    assertThat(world.cloud.left()).isEmpty();
  }

  @Test
  void sourceThatAnswers_refusesFailover_butNotATest() {
    RunWorld world = new RunWorld(Action.Failover, "m");
    world.source = Observed.Source.Alive;
    world.untilEnded();
    assertThat(world.member("m").reason()).isEqualTo("SourceAlive");
    world.next("run-2", Action.TestFailover);
    world.untilEnded();
    assertThat(world.member("m").phase()).isEqualTo(MemberPhase.Succeeded);
  }

  @Test
  void foreignResource_isNeverTouched() {
    RunWorld world = new RunWorld(Action.Failover, "m");
    world.cloud.stranger("m-nic");
    world.untilEnded();
    assertThat(world.member("m").reason()).isEqualTo("NameTaken");
    assertThat(world.cloud.left()).containsExactly("m-nic");
    assertThat(world.cloud.calls).isEmpty();
  }

  @Test
  void secondTest_isRefusedAndCostsTheFirstNothing() {
    RunWorld world = new RunWorld(Action.TestFailover, "m");
    world.untilEnded();
    world.next("run-2", Action.TestFailover);
    world.untilEnded();
    assertThat(world.member("m").reason()).isEqualTo("ReplicaThere");
    assertThat(world.cloud.left()).hasSize(4);
  }

  @Test
  void latest_waitsForLivingServers_processedDoesNot() {
    RunWorld world = new RunWorld(Action.TestFailover, "m");
    world.uploadedUntil = Optional.of(RunWorld.NOW.minusSeconds(5));
    world.look();
    world.look();
    assertThat(world.member("m").reason()).isEqualTo("UploadingLatest");
    world.vault.points.add(FakeVault.point(12, RunWorld.NOW.minusSeconds(1)));
    world.uploadedUntil = Optional.of(RunWorld.NOW);
    world.untilEnded();
    assertThat(world.member("m").point()).endsWith("/1/12");

    RunWorld processed = new RunWorld(Action.TestFailover, "m");
    processed.uploadedUntil = Optional.of(RunWorld.NOW.minusSeconds(5));
    processed.spec(Action.TestFailover, new Point(Point.Type.LatestProcessed, null, null), null);
    processed.untilEnded();
    assertThat(processed.member("m").point()).endsWith("/1/9");
  }

  @ParameterizedTest
  @CsvSource({"2026-01-01T00:00:29Z,/1/5", "2026-01-01T00:00:30Z,/1/9"})
  void customTime_takesTheNewestNotYounger(String time, String expected) {
    RunWorld world = new RunWorld(Action.TestFailover, "m");
    world.spec(Action.TestFailover, new Point(Point.Type.Custom, null, time), null);
    world.untilEnded();
    assertThat(world.member("m").point()).endsWith(expected);
  }

  @Test
  void customPointThatIsNotThere_fails() {
    RunWorld world = new RunWorld(Action.TestFailover, "m");
    String time = Instant.parse("2025-12-31T00:00:00Z").toString();
    world.spec(Action.TestFailover, new Point(Point.Type.Custom, null, time), null);
    world.untilEnded();
    assertThat(world.member("m").reason()).isEqualTo("NoRecoveryPoint");
    assertThat(world.cloud.calls).isEmpty();
  }

  @Test
  void pointWithoutTheDiskThatBoots_fails() {
    RunWorld world = new RunWorld(Action.Failover, "m");
    world.vault.points.add(
        new VaultPoint(
            "l/1/99", FakeVault.POINT_TIME.plusSeconds(60), "", Map.of(2, 1L << 20, 3, 1L << 20)));
    world.untilEnded();
    assertThat(world.member("m").message()).startsWith("the point has no disk 1");
    assertThat(world.cloud.calls).isEmpty();
  }

  @Test
  void dateThatIsNone_fails() {
    RunWorld world = new RunWorld(Action.TestFailover, "m");
    Point point = new Point(Point.Type.Custom, null, "2026-02-31T10:00:00Z");
    world.spec(Action.TestFailover, point, null);
    world.untilEnded();
    assertThat(world.member("m").reason()).isEqualTo("NoRecoveryPoint");
    assertThat(world.member("m").message()).contains("2026-02-31T10:00:00Z is no date");
  }

  @Test
  void groupsStartInOrder_membersPrepareInParallel() {
    RunWorld world = new RunWorld(Action.Failover, "first", "second");
    world.untilEnded();
    assertThat(world.members).allMatch(m -> m.phase() == MemberPhase.Succeeded);
    int firstVm = world.cloud.calls.indexOf("createVm");
    int lastDisk = world.cloud.calls.lastIndexOf("createDisk");
    assertThat(lastDisk).isLessThan(firstVm);
    RunWorld gate = new RunWorld(Action.Failover, "first", "second");
    while (gate.member("first").phase() != MemberPhase.Succeeded) {
      assertThat(gate.cloud.left()).doesNotContain("second");
      gate.look();
    }
  }

  @Test
  void groupThatFails_stopsTheNext_andUndoesIt() {
    RunWorld world = new RunWorld(Action.Failover, "first", "second");
    while (!world.cloud.left().contains("first")) {
      world.look();
    }
    world.cloud.vmFails("first");
    world.untilEnded();
    assertThat(world.member("first").reason()).isEqualTo("StartFailed");
    assertThat(world.member("second").reason()).isEqualTo("GroupBeforeFailed");
    assertThat(world.cloud.left()).isEmpty();
    assertThat(world.vault.heads.values()).allMatch(head -> head.commit().equals("None"));
  }

  @Test
  void deletedAtEachLook_isUndone() {
    int looks = new RunWorld(Action.Failover, "m").untilEnded();
    for (int at = 1; at < looks - 1; at++) {
      RunWorld world = new RunWorld(Action.Failover, "m");
      for (int look = 0; look < at; look++) {
        world.look();
      }
      world.delete();
      world.untilEnded();
      assertThat(world.member("m").phase()).as("look %d", at).isEqualTo(MemberPhase.Cancelled);
      assertThat(world.cloud.left()).as("look %d", at).isEmpty();
      assertThat(world.vault.heads.get(RunWorld.uid("m")).commit()).isEqualTo("None");
    }
  }

  @Test
  void cancelledPlan_takesBackWhatItsFirstGroupBroughtUp() {
    RunWorld world = new RunWorld(Action.Failover, "first", "second");
    while (world.member("first").phase() != MemberPhase.Succeeded) {
      world.look();
    }
    world.cancel();
    world.untilEnded();
    assertThat(world.members).allMatch(m -> m.phase() == MemberPhase.Cancelled);
    assertThat(world.cloud.left()).isEmpty();
    assertThat(world.vault.heads.values()).allMatch(head -> head.commit().equals("None"));
  }

  @Test
  void cancelledPlan_leavesWhatWasCommitted() {
    RunWorld world = new RunWorld(Action.Failover, "first", "second");
    while (world.member("first").phase() != MemberPhase.Succeeded) {
      world.look();
    }
    world.vault.heads.computeIfPresent(
        RunWorld.uid("first"), (_, head) -> HeadClaim.committed(head));
    world.cancel();
    world.untilEnded();
    assertThat(world.member("first").phase()).isEqualTo(MemberPhase.Succeeded);
    assertThat(world.member("second").phase()).isEqualTo(MemberPhase.Cancelled);
    assertThat(world.cloud.left())
        .containsExactlyInAnyOrder("first", "first-nic", "first-disk-1", "first-disk-2");
  }

  @Test
  void twoMachinesOfOneName_neverShareADisk() {
    RunWorld world = new RunWorld(Action.Failover, "a", "b");
    world.vmNames.put("a", "db");
    world.vmNames.put("b", "db");
    world.untilEnded();
    assertThat(world.member("a").phase()).isEqualTo(MemberPhase.Succeeded);
    assertThat(world.member("b").reason()).isEqualTo("NameTaken");
    assertThat(world.cloud.left())
        .containsExactlyInAnyOrder("db", "db-nic", "db-disk-1", "db-disk-2");
    assertThat(world.vault.heads.get(RunWorld.uid("b")).commit()).isEqualTo("None");
  }

  @Test
  void operatorThatHasJustStarted_listensForTheSource() {
    RunWorld world = new RunWorld(Action.Failover, "m");
    world.source = Observed.Source.NotHeardYet;
    world.look();
    world.look();
    assertThat(world.member("m").reason()).isEqualTo("ListeningForSource");
    assertThat(world.cloud.calls).isEmpty();
    world.source = Observed.Source.Alive;
    world.untilEnded();
    assertThat(world.member("m").reason()).isEqualTo("SourceAlive");

    RunWorld accepted = new RunWorld(Action.Failover, "m");
    accepted.source = Observed.Source.NotHeardYet;
    accepted.run.setSpec(new RecoveryRunSpec(Action.Failover, "m", null, null, true, null));
    accepted.untilEnded();
    assertThat(accepted.member("m").phase()).isEqualTo(MemberPhase.Succeeded);
  }

  @Test
  void vaultThatDoesNotAnswer_waits() {
    RunWorld world = new RunWorld(Action.Failover, "m");
    world.vault.unreachable = true;
    world.look();
    assertThat(world.member("m").reason()).isEqualTo("VaultUnreachable");
    world.vault.unreachable = false;
    world.untilEnded();
    assertThat(world.member("m").phase()).isEqualTo(MemberPhase.Succeeded);
  }

  @Test
  void commitWithoutFailover_fails() {
    RunWorld world = new RunWorld(Action.Commit, "m");
    world.untilEnded();
    assertThat(world.member("m").reason()).isEqualTo("NothingToCommit");
  }
}
