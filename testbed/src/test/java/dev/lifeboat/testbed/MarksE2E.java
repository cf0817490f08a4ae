package dev.lifeboat.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Every recovery point of a machine under an ordered writer is a state that a power cut leaves. */
class MarksE2E {

  private static final int MARKS = 60;

  @TempDir(factory = TargetFolder.class, cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  @Test
  void disksOfEveryMarkBelongTogether() throws Exception {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    try (Disks disks = new Disks(folder, 48);
        Site site = new Site(folder)) {
      ProcessServer server = site.server("server").start();
      AgentProgram agent =
          site.agent("agent", AgentProgram.Settings.of(disks.list(), server.port())).start();
      agent.untilConsistent();
      disks.startWriter(seed);
      for (int i = 0; i < MARKS; i++) {
        agent.markInLog("random " + i);
        TimeUnit.MILLISECONDS.sleep(random.nextInt(300));
      }
      disks.stopWriter();
      agent.mark("last");

      Map<String, Path> points = new LinkedHashMap<>();
      for (JsonNode point : site.points()) {
        if (point.path("label").asText().startsWith("random")) {
          points.put(point.path("id").asText(), folder.resolve("back-" + points.size()));
        }
      }
      assertThat(points).hasSize(MARKS);
      Disks.hydrate(site, points);
      long newest = 0;
      for (Path back : points.values()) {
        Pair pair = Pair.judge(back.resolve("disk-1"), back.resolve("disk-2"), back);
        assertThat(pair.a()).as("a later point holds more").isGreaterThanOrEqualTo(newest);
        newest = pair.a();
        Command.run("rm", "-r", back.toString());
      }
      assertThat(newest).isGreaterThan(MARKS);
      disks.assertComesBack(site, agent);
    }
  }

  /**
   * What does not fit into the ring is never missed in silence: no point until it was read again.
   */
  @Test
  void noPointBehindAnOverflowUntilConverged() throws Exception {
    try (Disks disks = new Disks(folder, 96);
        Site site = new Site(folder)) {
      ProcessServer server = site.server("server").start();
      AgentProgram agent =
          site.agent(
                  "agent",
                  AgentProgram.Settings.of(disks.list(), server.port())
                      .with("ring: 1MiB\nbaseRate: 4MiB\n"))
              .start();
      agent.untilConsistent();
      agent.mark("before");
      int before = site.points().size();
      agent.program().stop();
      // At 4 MiB a second it is read again for long enough to ask for a mark meanwhile.
      disks.fill("overflow", 76);
      agent.program().go();
      agent.until("converging", status -> status.path("state").asText().equals("Converging"));
      Command.Result refused = agent.command("mark", "--label", "in between", "--wait");
      assertThat(refused.exitCode()).as(refused.output()).isNotZero();
      assertThat(refused.output()).contains("no recovery point");
      assertThat(site.points().size()).isEqualTo(before);
      disks.assertComesBack(site, agent);
      assertThat(site.points().size()).isGreaterThan(before);
    }
  }
}
