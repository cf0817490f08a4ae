package dev.lifeboat.operator.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.crds.RecoveryRunSpec;
import dev.lifeboat.crds.RecoveryRunSpec.Action;
import dev.lifeboat.crds.RecoveryRunSpec.Point;
import dev.lifeboat.crds.RecoveryRunStatus;
import dev.lifeboat.crds.RecoveryRunStatus.Member;
import dev.lifeboat.crds.RecoveryRunStatus.MemberPhase;
import dev.lifeboat.crds.RecoveryRunStatus.Phase;
import dev.lifeboat.testbed.azure.AzureSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A machine goes to Azure, from its log in a vault: driver, vault, Azure and the keeper's program
 * are the real ones, Azure's side is the simulator, whose operations take time.
 */
class AzureRunIT {

  @Test
  void testFailover_cleanup_failover_commit(@TempDir Path folder) throws Exception {
    AzureSettings slow = AzureSettings.loopback().taking(Duration.ofMillis(200), 1);
    try (AzureWorld world = new AzureWorld(folder, slow, JobBoard.Kind.PROGRAM)) {
      List<String> points = world.points();
      assertThat(points).hasSize(2);
      world.run(
          "drill",
          new RecoveryRunSpec(
              Action.TestFailover,
              AzureWorld.MACHINE,
              null,
              new Point(Point.Type.Custom, null, AzureWorld.FIRST.plusSeconds(2).toString()),
              null,
              null));
      world.drive("drill");
      succeeded(world, "drill", points.getFirst());
      world.hasBytesOf(1, "db1-test");
      assertThat(world.member("drill").privateIp()).startsWith("10.1.3.");
      assertThat(world.site.left())
          .containsExactly("db1-test", "db1-test-disk-1", "db1-test-disk-2", "db1-test-nic");
      assertThat(world.head().commit()).isEqualTo("None");

      world.run("tidy", Action.CleanupTestFailover);
      world.drive("tidy");
      assertThat(world.status("tidy").phase()).isEqualTo(Phase.Succeeded);
      assertThat(world.site.left()).isEmpty();

      // Replication goes on all the while.
      world.machine.writeAndMark(AzureWorld.FIRST.plusSeconds(10));
      world.run("disaster", Action.Failover);
      world.drive("disaster");
      succeeded(world, "disaster", world.points().getLast());
      world.hasBytesOf(3, "db1");
      assertThat(world.member("disaster").privateIp()).isEqualTo("10.1.2.20");
      assertThat(world.head().commit()).isEqualTo("Pending:uid-of-disaster");
      assertThat(world.head().active()).isEqualTo("Recovery");

      world.run("final", Action.Commit);
      world.drive("final");
      assertThat(world.status("final").phase()).isEqualTo(Phase.Succeeded);
      assertThat(world.head().commit()).isEqualTo("Committed");
      assertThat(world.points()).hasSize(3).containsAll(points);
      assertThat(world.jobs.isEmpty()).isTrue();
      assertThat(world.jobs.started()).hasSize(4).doesNotHaveDuplicates();
    }
  }

  private static void succeeded(AzureWorld world, String run, String point) {
    RecoveryRunStatus status = world.status(run);
    Member member = world.member(run);
    assertThat(status.phase()).as(status.toString()).isEqualTo(Phase.Succeeded);
    assertThat(member.phase()).isEqualTo(MemberPhase.Succeeded);
    assertThat(member.point()).isEqualTo(point);
    assertThat(member.reason()).isNull();
    assertThat(status.rtoSeconds()).isPositive();
    assertThat(status.rpoSeconds()).isPositive();
    assertThat(member.disks()).allMatch(disk -> disk.hydrated());
    assertThat(member.timeline())
        .extracting(step -> step.name())
        .containsSubsequence("Point", "Disks", "Hydrate", "Network", "Start", "Finish")
        .doesNotHaveDuplicates();
    assertThat(status.conditions())
        .anyMatch(c -> c.type().equals("Ready") && c.reason().equals("Succeeded"));
    System.out.println(run + ": " + status.rtoSeconds() + " s, " + member.timeline());
  }
}
