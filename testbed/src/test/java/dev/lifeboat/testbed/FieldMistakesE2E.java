package dev.lifeboat.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lifeboat.vault.VaultCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The mistakes that replication programs make in the field, tried on ours. */
class FieldMistakesE2E {

  @TempDir(factory = TargetFolder.class, cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  private Disks disks;
  private Site site;
  private ProcessServer server;

  @BeforeEach
  void start() throws Exception {
    disks = new Disks(folder, 96);
    site = new Site(folder);
    server = site.server("server").start();
  }

  @AfterEach
  void end() throws Exception {
    site.close();
    disks.close();
  }

  private AgentProgram.Settings settings() {
    return AgentProgram.Settings.of(disks.list(), server.port());
  }

  /** A copy of a busy disk, begun over a page cache that is older than the disk. */
  @Test
  void firstCopyUnderLoadAndThroughAStalePageCache() throws Exception {
    // Buffered readers of the device fill its page cache, which the mounted file system then
    // goes past: whoever reads the device through it gets what stood there before.
    disks.fill("old", 24);
    Command.run("cat", disks.list().get(0).device().toString());
    disks.fill("old", 24);
    disks.startWriter(1);
    AgentProgram agent = site.agent("agent", settings().with("baseRate: 12MiB\n")).start();
    agent.untilConsistent();
    assertThat(disks.written()).as("the disks were busy meanwhile").isGreaterThan(50);
    agent.mark("first");
    Path back = Disks.hydrate(site, site.point("first"), folder.resolve("first"));
    Pair.judge(back.resolve("disk-1"), back.resolve("disk-2"), back);
    disks.assertComesBack(site, agent);
  }

  @Test
  void newWritesArriveAfterTheAgentWasKilled() throws Exception {
    AgentProgram agent = site.agent("agent", settings()).start();
    agent.untilConsistent();
    agent.mark("before");
    disks.startWriter(2);
    agent.program().kill();
    disks.fill("while-dead", 12);
    long dead = disks.written();
    agent.start();
    await().atMost(Duration.ofSeconds(30)).until(() -> disks.written() > dead + 20);
    JsonNode status = agent.until("consistent", s -> s.path("state").asText().equals("Consistent"));
    assertThat(status.path("lineage").asText()).isNotEmpty();
    disks.assertComesBack(site, agent);
  }

  @Test
  void newWritesArriveAfterTheServerWasKilled() throws Exception {
    AgentProgram agent = site.agent("agent", settings()).start();
    agent.untilConsistent();
    disks.startWriter(3);
    for (int i = 0; i < 3; i++) {
      long seen = disks.written();
      await().atMost(Duration.ofSeconds(30)).until(() -> disks.written() > seen + 20);
      server.program().kill();
      server.start();
    }
    agent.mark("after three kills");
    disks.assertComesBack(site, agent);
  }

  /** Neither a point of a copy under way nor a half-hydrated disk is ever offered as whole. */
  @Test
  void nothingHalfWrittenIsOffered() throws Exception {
    disks.fill("much", 64);
    AgentProgram agent = site.agent("agent", settings().with("baseRate: 2MiB\n")).start();
    agent.until("copying", status -> status.path("bytesLeft").asLong() > 0);
    Command.Result refused = agent.command("mark", "--label", "too early", "--wait");
    assertThat(refused.exitCode()).as(refused.output()).isNotZero();
    assertThat(site.points()).isEmpty();
    int exitCode =
        VaultCommand.execute(
            "hydrate",
            "--config",
            site.vaultConfig(),
            "--point",
            "latest",
            "--disk",
            "1",
            "--to",
            folder.resolve("early").toString());
    assertThat(exitCode).isEqualTo(1);
    assertThat(Files.exists(folder.resolve("early"))).isFalse();
  }
}
