package dev.lifeboat.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lifeboat.agent.capture.LoopDisk;
import dev.lifeboat.vault.azurite.FaultyProxy;
import dev.lifeboat.vault.azurite.FaultyProxy.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever breaks, during the first copy and during deltas: everything goes on by itself, the disks
 * that come back are identical, and no acknowledged write is missing.
 */
class FaultsE2E {

  enum Phase {
    FIRST_COPY,
    DELTAS
  }

  private static final int MEBIBYTES = 72;

  @TempDir(factory = TargetFolder.class, cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private Disks disks;
  private Site site;
  private AgentProgram agent;

  @BeforeEach
  void start() throws Exception {
    System.out.println("seed " + seed);
    disks = new Disks(folder, MEBIBYTES);
    disks.fill("content", 24);
    site = new Site(folder);
  }

  @AfterEach
  void end() throws Exception {
    site.close();
    disks.close();
  }

  /** Starts agent and writer and brings them where the fault is to strike. */
  private void reach(Phase phase, AgentProgram.Settings settings) throws IOException {
    if (phase == Phase.DELTAS) {
      agent = site.agent("agent", settings).start();
      agent.untilConsistent();
      disks.startWriter(seed);
      agent.mark("before");
    } else {
      agent = site.agent("agent", settings.with("baseRate: 12MiB\n")).start();
      disks.startWriter(seed);
      agent.until("copying", status -> status.path("bytesLeft").asLong() > 0);
    }
  }

  private void write() {
    long seen = disks.written();
    await().atMost(Duration.ofSeconds(60)).until(() -> disks.written() > seen + 30);
  }

  private static void pause(long millis) throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(millis);
  }

  @ParameterizedTest
  @EnumSource
  void agentIsKilled(Phase phase) throws Exception {
    ProcessServer server = site.server("server").start();
    reach(phase, AgentProgram.Settings.of(disks.list(), server.port()));
    for (int i = 0; i < 3; i++) {
      agent.program().kill();
      write();
      agent.start();
      pause(500 + random.nextInt(1500));
    }
    disks.assertComesBack(site, agent);
  }

  @ParameterizedTest
  @EnumSource
  void serverIsKilled(Phase phase) throws Exception {
    ProcessServer server = site.server("server").start();
    reach(phase, AgentProgram.Settings.of(disks.list(), server.port()));
    for (int i = 0; i < 3; i++) {
      server.program().kill();
      write();
      server.start();
      pause(500 + random.nextInt(1500));
    }
    disks.assertComesBack(site, agent);
  }

  @ParameterizedTest
  @EnumSource
  void linkIsCutSlowedAndGarbled(Phase phase) throws Exception {
    ProcessServer server = site.server("server").start();
    Link link = site.link(server, seed);
    reach(phase, AgentProgram.Settings.of(disks.list(), link.port()));
    for (int i = 0; i < 4; i++) {
      link.cut();
      write();
      link.mend();
      switch (i) {
        case 0 -> link.slow(1 << 20);
        case 1 -> link.duplicate();
        case 2 -> link.reorder();
        default -> {}
      }
      pause(2000 + random.nextInt(1000));
    }
    link.mend();
    disks.assertComesBack(site, agent);
  }

  /** The server's disk is gone with it; another takes its machine over from the vault alone. */
  @ParameterizedTest
  @EnumSource
  void serverIsLostWithItsCache(Phase phase) throws Exception {
    ProcessServer first = site.server("first").start();
    ProcessServer second = site.server("second").start();
    AgentProgram.Settings settings =
        AgentProgram.Settings.of(disks.list(), first.port(), second.port());
    reach(phase, settings.with("serverTimeout: 10s\n"));
    write();
    first.program().kill();
    Command.run("rm", "-r", first.cache().toString());
    write();
    agent.until(
        "taken over", status -> status.path("server").asText().endsWith(":" + second.port()));
    disks.assertComesBack(site, agent);
  }

  /** The old owner sleeps, is replaced, wakes up: it must stop by itself and harm nothing. */
  @ParameterizedTest
  @EnumSource
  void oldServerWakesUpAfterTakeover(Phase phase) throws Exception {
    ProcessServer first = site.server("first").start();
    ProcessServer second = site.server("second").start();
    AgentProgram.Settings settings =
        AgentProgram.Settings.of(disks.list(), first.port(), second.port());
    reach(phase, settings.with("serverTimeout: 10s\n"));
    write();
    first.program().stop();
    agent.until(
        "taken over", status -> status.path("server").asText().endsWith(":" + second.port()));
    first.program().go();
    write();
    disks.assertComesBack(site, agent);
    site.verify();
  }

  @ParameterizedTest
  @EnumSource
  void blobServiceAnswers503AndCutsConnections(Phase phase) throws Exception {
    FaultyProxy proxy = site.keep(new FaultyProxy(site.azurite()));
    ProcessServer server = site.server("server", proxy).start();
    Fault[] faults = Fault.values();
    reach(phase, AgentProgram.Settings.of(disks.list(), server.port()));
    proxy.plan((_, _) -> faults[random.nextInt(faults.length)]);
    write();
    await().atMost(Duration.ofSeconds(60)).until(() -> proxy.faults() > 3);
    proxy.plan((_, _) -> Fault.NONE);
    disks.assertComesBack(site, agent);
    site.verify();
  }

  /** The cache disk is full while the blob service is away; then it comes back. */
  @ParameterizedTest
  @EnumSource
  void cacheDiskIsFull(Phase phase) throws Exception {
    FaultyProxy proxy = site.keep(new FaultyProxy(site.azurite()));
    Path cache = folder.resolve("small");
    Files.createDirectory(cache);
    Command.run("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", cache.toString());
    site.keep(() -> Command.run("umount", "--lazy", cache.toString()));
    ProcessServer server = site.server("server", proxy.endpoint(), cache.resolve("cache")).start();
    reach(phase, AgentProgram.Settings.of(disks.list(), server.port()));
    proxy.plan((method, _) -> method.equals("PUT") ? Fault.BUSY : Fault.NONE);
    disks.fill("more", 32);
    pause(5000);
    assertThat(server.program().running()).isTrue();
    proxy.plan((_, _) -> Fault.NONE);
    disks.assertComesBack(site, agent);
  }

  /** The link is cut and the disk of the tracked changes is full: the ring holds what it can. */
  @ParameterizedTest
  @EnumSource
  void diskOfTrackedChangesIsFull(Phase phase) throws Exception {
    ProcessServer server = site.server("server").start();
    Link link = site.link(server, seed);
    LoopDisk disk = site.keep(LoopDisk.create(folder, "journal", 400L << 20));
    Mount.format("ext4", disk.device());
    Mount mount = site.keep(Mount.of(disk.device(), folder.resolve("mount-journal")));
    Path changes = mount.directory().resolve("changes");
    Path filler = mount.directory().resolve("filler");
    reach(
        phase,
        AgentProgram.Settings.of(disks.list(), link.port())
            .with("ring: 4MiB\njournal: {directory: %s, percent: 50}\n".formatted(changes)));
    link.cut();
    Command.Result full = Command.attempt("dd", "if=/dev/zero", "of=" + filler, "bs=1M");
    assertThat(full.output()).contains("No space left on device");
    // It may have a file there, and what overflows the ring is not tracked: written until it is
    // full.
    agent.until(
        "told",
        status -> {
          disks.fill("more", 24);
          return !status.path("journalTrouble").asText().isEmpty();
        });
    write();
    Files.delete(filler);
    link.mend();
    disks.assertComesBack(site, agent);
  }

  /** At nine tenths of the first copy a kill costs what is left, not the whole. */
  @ParameterizedTest
  @CsvSource("0.9")
  void killedAgentGoesOnWithItsFirstCopy(double share) throws Exception {
    ProcessServer server = site.server("server").start();
    Link link = site.link(server, seed);
    agent =
        site.agent(
                "agent",
                AgentProgram.Settings.of(disks.list(), link.port()).with("baseRate: 8MiB\n"))
            .start();
    long whole = 2 * ((long) MEBIBYTES << 20);
    double most = whole * (1 - share);
    agent.until(
        "nearly copied",
        status -> {
          long left = status.path("bytesLeft").asLong();
          return status.path("durable").asLong() > 0 && left > 0 && left < most;
        });
    agent.program().kill();
    long before = link.forwarded();
    agent.start();
    agent.untilConsistent();
    // What is left, and what was not in the vault yet.
    assertThat(link.forwarded() - before).isLessThan(before / 2);
    disks.assertComesBack(site, agent);
  }
}
