package dev.lifeboat.operator.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.crds.RecoveryRunSpec.Action;
import dev.lifeboat.crds.RecoveryRunStatus.Phase;
import dev.lifeboat.testbed.azure.AzureSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The operator is killed before and behind every call that changes something: of the Resource
 * Manager, of the keepers, of the machine's head; and runs are cancelled there. What the next
 * program knows is the runs' status.
 */
class AzureKilledIT {

  private static final String[] FAILOVER = {
    "db1", "db1-disk-1", "db1-disk-2", "db1-nic",
  };

  @TempDir private static Path folder;
  private static AzureWorld world;
  private static List<String> points;

  @BeforeAll
  static void start() throws Exception {
    AzureSettings slow = AzureSettings.loopback().taking(Duration.ofMillis(60), 1);
    world = new AzureWorld(folder, slow, JobBoard.Kind.THREAD);
    points = world.points();
  }

  @AfterAll
  static void stop() throws Exception {
    world.close();
  }

  /** Whatever happened to a run, the points are those that were there. */
  @AfterEach
  void pointsAreWhole_andAllStartsOver() throws Exception {
    world.startOver();
    assertThat(world.points()).isEqualTo(points);
    assertThat(world.head().epoch()).isEqualTo(1);
  }

  @Test
  void killedAtEachCall_everythingEndsAsIfNothingHadBeen() throws Exception {
    int jobs = world.jobs.started().size();
    world.run("drill", Action.TestFailover);
    Set<String> deaths = world.driveByMortals("drill");
    assertThat(world.status("drill").phase())
        .as(world.status("drill").toString())
        .isEqualTo(Phase.Succeeded);
    assertThat(deaths)
        .hasSizeGreaterThanOrEqualTo(2 * 12)
        .anyMatch(d -> d.startsWith("BEHIND PUT resourcegroups/"))
        .anyMatch(d -> d.matches("BEFORE PUT .*/db1-test-disk-2"))
        .anyMatch(d -> d.matches("BEHIND POST .*/db1-test-disk-1/beginGetAccess"))
        .anyMatch(d -> d.equals("BEHIND start keeper of disk 2"))
        .anyMatch(d -> d.matches("BEHIND POST .*/db1-test-disk-2/endGetAccess"))
        .anyMatch(d -> d.matches("BEHIND PUT .*/networkInterfaces/db1-test-nic"))
        .anyMatch(d -> d.matches("BEHIND PUT .*/virtualMachines/db1-test"))
        .anyMatch(d -> d.equals("BEHIND remove keepers"));
    world.hasBytesOf(2, "db1-test");
    assertThat(world.site.left())
        .containsExactly("db1-test", "db1-test-disk-1", "db1-test-disk-2", "db1-test-nic");
    assertThat(world.jobs.started()).hasSize(jobs + 2);
    assertThat(world.jobs.isEmpty()).isTrue();

    world.run("tidy", Action.CleanupTestFailover);
    deaths = world.driveByMortals("tidy");
    assertThat(deaths).hasSize(2 * 4).allMatch(d -> d.contains(" DELETE "));
    assertThat(world.status("tidy").phase()).isEqualTo(Phase.Succeeded);
    assertThat(world.site.left()).isEmpty();
  }

  @Test
  void cancelledBehindEachCall_nothingIsLeft_andTheNextRunWorks() throws Exception {
    boolean ended = false;
    int at = 0;
    while (!ended) {
      String run = "try-" + at;
      world.run(run, Action.Failover);
      Lifeline life = world.restart(Lifeline.endingBehind(at));
      world.drive(run);
      ended = world.status(run).ended();
      if (ended) {
        break;
      }
      String call = life.calls().getLast();
      world.restart(Lifeline.endless());
      world.cancel(run);
      if (call.endsWith("db1-disk-1/beginGetAccess") || call.endsWith("virtualMachines/db1")) {
        var _ = world.driveByMortals(run);
      } else {
        world.drive(run);
      }
      assertThat(world.status(run).phase()).as(call).isEqualTo(Phase.Cancelled);
      assertThat(world.site.left()).as(call).isEmpty();
      assertThat(world.jobs.isEmpty()).as(call).isTrue();
      assertThat(world.head().commit()).as(call).isEqualTo("None");
      at++;
    }
    assertThat(at).isGreaterThanOrEqualTo(12);
    String last = "try-" + at;
    assertThat(world.status(last).phase()).isEqualTo(Phase.Succeeded);
    world.hasBytesOf(2, "db1");
    assertThat(world.site.left()).containsExactly(FAILOVER);
    assertThat(world.head().commit()).isEqualTo("Pending:uid-of-" + last);
    secondFailover_isRefused_commitIsNot(last);
  }

  private static void secondFailover_isRefused_commitIsNot(String first) throws Exception {
    world.run("again", Action.Failover);
    world.drive("again");
    assertThat(world.member("again").reason()).isEqualTo("AlreadyFailedOver");
    assertThat(world.site.left()).containsExactly(FAILOVER);
    assertThat(world.head().commit()).isEqualTo("Pending:uid-of-" + first);
    world.run("final", Action.Commit);
    assertThat(world.driveByMortals("final")).hasSize(2);
    assertThat(world.status("final").phase()).isEqualTo(Phase.Succeeded);
    assertThat(world.head().commit()).isEqualTo("Committed");
  }
}
