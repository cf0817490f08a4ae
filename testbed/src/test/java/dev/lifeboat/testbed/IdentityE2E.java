package dev.lifeboat.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Who writes a machine's log: the machine itself, as it is now, and nobody else. */
class IdentityE2E {

  @TempDir(factory = TargetFolder.class, cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  private Disks disks;
  private Site site;
  private ProcessServer server;

  @BeforeEach
  void start() throws Exception {
    disks = new Disks(folder, 48);
    disks.fill("content", 8);
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

  /**
   * The machine is reverted to a snapshot: disks and the agent's state are those of an hour ago.
   */
  @Test
  void machineThatWasRolledBackBeginsANewLineage() throws Exception {
    AgentProgram agent = site.agent("agent", settings()).start();
    agent.untilConsistent();
    agent.mark("snapshot");
    String lineage = agent.status().path("lineage").asText();
    agent.program().end();
    disks.rest();
    Path snapshot = folder.resolve("snapshot");
    Command.run("cp", "-r", agent.state().toString(), snapshot.toString());
    Path oldDisk = folder.resolve("old-disk");
    Command.run("cp", disks.list().get(0).file().toString(), oldDisk.toString());

    // As a reboot: the capture that runs from now on has a number that the snapshot does not know.
    assertThat(agent.command("detach").exitCode()).isZero();
    agent.start();
    agent.untilConsistent();
    overwrite("377");
    agent.mark("future");
    String future = site.points().get(site.points().size() - 1).path("id").asText();
    agent.program().kill();
    assertThat(agent.command("detach").exitCode()).isZero();

    Command.run("rm", "-r", agent.state().toString());
    Command.run("cp", "-r", snapshot.toString(), agent.state().toString());
    Command.run(
        "dd",
        "if=" + oldDisk,
        "of=" + disks.list().get(0).device(),
        "bs=1M",
        "oflag=direct",
        "status=none");
    agent.start();
    agent.untilConsistent();
    assertThat(agent.status().path("lineage").asText()).isNotEqualTo(lineage);
    disks.assertComesBack(site, agent);

    Path back = Disks.hydrate(site, future, folder.resolve("future"));
    byte[] bytes = new byte[4096];
    try (var in = Files.newInputStream(back.resolve("disk-1"))) {
      in.skipNBytes(20 << 20);
      assertThat(in.readNBytes(bytes, 0, bytes.length)).isEqualTo(bytes.length);
    }
    assertThat(bytes).as("the old lineage's point still comes back").containsOnly(0xff);
  }

  private void overwrite(String octal) {
    Command.run(
        "bash",
        "-c",
        "head -c 1M /dev/zero | tr '\\0' '\\%s' | dd of=%s bs=1M seek=20 oflag=direct iflag=fullblock status=none"
            .formatted(octal, disks.list().get(0).device()));
  }

  /** A clone of the machine: the same disks and state, other hardware. */
  @Test
  void cloneOnOtherHardwareStaysDormant() throws Exception {
    AgentProgram agent = site.agent("agent", settings()).start();
    agent.untilConsistent();
    agent.mark("original");
    agent.program().end();
    assertThat(agent.command("detach").exitCode()).isZero();
    int points = site.points().size();

    AgentProgram clone = site.agent("agent", settings().onHardware("another"));
    clone.start();
    clone.until("dormant", status -> status.path("state").asText().equals("Dormant"));
    assertThat(clone.status().path("reason").asText()).contains("hardware");
    overwrite("252");
    assertThat(clone.command("mark", "--label", "no").exitCode()).isNotZero();
    assertThat(site.points().size()).isEqualTo(points);
    clone.program().end();
  }

  @Test
  void twoLiveAgentsOfOneMachineAreBothRefused() throws Exception {
    AgentProgram first = site.agent("first", settings()).start();
    first.untilConsistent();
    try (Disks others = new Disks(Files.createDirectory(folder.resolve("others")), 48)) {
      AgentProgram second =
          site.agent("second", AgentProgram.Settings.of(others.list(), server.port())).start();
      second.until("refused", status -> status.path("trouble").asText().contains("live"));
      first.until("refused", status -> status.path("trouble").asText().contains("live"));
      second.program().end();
      assertThat(second.command("detach").exitCode()).isZero();
    }
    disks.assertComesBack(site, first);
  }

  @Test
  void certificatesOfOthersGetNothing() throws Exception {
    Path foreign = Files.createDirectory(folder.resolve("foreign"));
    Site.replicator("ca", "create", "--out", foreign.resolve("ca").toString());
    identity(foreign.resolve("ca"), site.machine(), foreign.resolve("id"));
    Path other = folder.resolve("other-machine");
    identity(folder.resolve("ca"), UUID.randomUUID(), other);
    // A foreign identity that trusts our server, so that it is the server that refuses.
    Files.copy(
        folder.resolve("ca/ca.crt"),
        foreign.resolve("id/ca.crt"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    int n = 0;
    for (Path identity : new Path[] {foreign.resolve("id"), other}) {
      n++;
      AgentProgram agent = site.agent("intruder" + n, settings().as(identity)).start();
      agent.until("refused", status -> !status.path("trouble").asText().isEmpty());
      server.program().output();
      agent.program().end();
      assertThat(agent.command("detach").exitCode()).isZero();
    }
    assertThat(site.points()).isEmpty();
    assertThat(server.cache().resolve(site.machine().toString()))
        .satisfiesAnyOf(
            folder -> assertThat(folder).doesNotExist(),
            folder -> assertThat(folder).isEmptyDirectory());
  }

  private static void identity(Path ca, UUID machine, Path out) {
    Site.replicator(
        "ca",
        "machine",
        "--ca",
        ca.toString(),
        "--machine",
        machine.toString(),
        "--out",
        out.toString());
  }
}
