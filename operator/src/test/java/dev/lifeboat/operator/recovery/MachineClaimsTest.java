package dev.lifeboat.operator.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.crds.RecoveryRun;
import dev.lifeboat.crds.RecoveryRunStatus;
import dev.lifeboat.crds.RecoveryRunStatus.Member;
import dev.lifeboat.crds.RecoveryRunStatus.MemberPhase;
import dev.lifeboat.crds.RecoveryRunStatus.Phase;
import dev.lifeboat.crds.TargetSpec;
import dev.lifeboat.operator.cloud.Replica;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MachineClaimsTest {

  private final RecoveryRun first = run("first", "2026-01-01T00:00:00Z");
  private final RecoveryRun second = run("second", "2026-01-01T00:00:05Z");
  private final List<RecoveryRun> both = List.of(first, second);

  private static RecoveryRun run(String name, String started) {
    RecoveryRun run = new RecoveryRun();
    run.setMetadata(
        new ObjectMetaBuilder().withName(name).withNamespace("n").withUid("u-" + name).build());
    run.setStatus(status(Phase.Running, started, MemberPhase.Pending, null));
    return run;
  }

  private static RecoveryRunStatus status(
      Phase phase, String started, MemberPhase member, String point) {
    return new RecoveryRunStatus(
        1L,
        phase,
        "machine/m",
        null,
        started,
        null,
        null,
        null,
        List.of(
            new Member(
                "m", null, 0, member, null, point, null, null, null, null, null, null, null, null)),
        null);
  }

  private static void at(RecoveryRun run, MemberPhase member, String point) {
    run.setStatus(status(Phase.Running, run.getStatus().startTime(), member, point));
  }

  private static void ended(RecoveryRun run) {
    run.setStatus(status(Phase.Succeeded, run.getStatus().startTime(), MemberPhase.Succeeded, "p"));
  }

  @Test
  void whoAsksFirstHasIt_untilTheRunEnds() {
    MachineClaims claims = new MachineClaims();
    assertThat(claims.claim(second, "m", () -> both)).isEmpty();
    assertThat(claims.claim(first, "m", () -> both)).contains("second");
    assertThat(claims.claim(first, "other", () -> both)).isEmpty();
    assertThat(claims.claim(second, "m", () -> both)).isEmpty();
    ended(second);
    assertThat(claims.claim(first, "m", () -> both)).isEmpty();
  }

  @Test
  void anotherProgram_readsFromTheStatusWhoHasIt() {
    at(second, MemberPhase.Running, "p");
    assertThat(new MachineClaims().claim(first, "m", () -> both)).contains("second");
    at(first, MemberPhase.RollingBack, null);
    assertThat(new MachineClaims().claim(second, "m", () -> both)).isEmpty();
    assertThat(new MachineClaims().claim(first, "m", () -> both)).contains("second");
  }

  @Test
  void ofTwoThatMadeNothing_theOlderGoesOn() {
    at(first, MemberPhase.Running, null);
    at(second, MemberPhase.Running, null);
    assertThat(new MachineClaims().claim(second, "m", () -> both)).contains("first");
    assertThat(new MachineClaims().claim(first, "m", () -> both)).isEmpty();
  }

  @Test
  void nameOfAVm_isOneMachines_untilItsRunEnds() {
    MachineClaims claims = new MachineClaims();
    assertThat(claims.claimName(replica("a", "u-first", "db"))).isTrue();
    assertThat(claims.claimName(replica("a", "u-first", "db"))).isTrue();
    assertThat(claims.claimName(replica("b", "u-second", "DB"))).isFalse();
    assertThat(claims.claimName(replica("b", "u-second", "web"))).isTrue();
    claims.release(first);
    assertThat(claims.claimName(replica("b", "u-second", "db"))).isTrue();
  }

  private static Replica replica(String machine, String run, String vmName) {
    return new Replica(
        RunWorld.uid(machine),
        run,
        Replica.Purpose.Failover,
        vmName,
        new Replica.Place("subscription", "group", "region"),
        new Replica.Network("subnet", Optional.empty(), false),
        new Replica.Sizing(Optional.empty(), 1, 1024, TargetSpec.DiskType.StandardSSD_LRS),
        Map.of());
  }
}
