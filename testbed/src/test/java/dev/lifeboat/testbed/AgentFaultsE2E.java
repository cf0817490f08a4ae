package dev.lifeboat.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.agent.capture.LoopDisk;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The agent is killed, its link is cut, its disk of tracked changes is full. */
class AgentFaultsE2E extends Faults {

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
