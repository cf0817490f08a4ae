package dev.lifeboat.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lifeboat.testbed.machine.Guest;
import dev.lifeboat.testbed.machine.MachineImage;
import dev.lifeboat.testbed.machine.Machines;
import dev.lifeboat.testbed.network.TestNetwork;
import dev.lifeboat.testbed.workload.WorkloadReport;
import dev.lifeboat.vault.VaultCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The agent in the guest's own kernel, installed from its package; process server and blob service
 * outside; disk files compared from outside. Emulated machines are slow: one life is told whole.
 */
@Tag("guests")
class GuestE2E {
  private static final UUID UUID_OF_SOURCE =
      UUID.fromString("6f9619ff-8b86-4d01-b42d-00c04fc964ff");

  /** The first three fields with their bytes turned round, as virtual-hardware upgrades do. */
  private static final UUID SWAPPED = UUID.fromString("ff19966f-868b-014d-b42d-00c04fc964ff");

  @TempDir(factory = TargetFolder.class)
  Path folder;

  private TestNetwork network;
  private Machines machines;
  private Site site;
  private ProcessServer server;
  private MachineImage image;
  private long stepBegun = System.nanoTime();

  @BeforeEach
  void start() throws Exception {
    image = MachineImage.debian();
    network = TestNetwork.start();
    machines = new Machines(network, Files.createDirectory(folder.resolve("machines")));
    site = new Site(folder);
    server = site.server("server", network.hostAddress()).start();
    done("testbed up");
  }

  @AfterEach
  void end() throws Exception {
    machines.close();
    site.close();
    network.close();
  }

  private void done(String step) {
    long now = System.nanoTime();
    System.out.printf("%s: %.0f s%n", step, (now - stepBegun) / 1e9);
    stepBegun = now;
  }

  @Test
  void writersOfEveryKindComeBackAndBootAsAReplica() throws Exception {
    Guest source = machines.create("source", image, UUID_OF_SOURCE);
    source.addDisk(64);
    source.addDisk(64);
    source.boot().awaitSsh();
    source.copy(writers(), "/root/writers.sh");
    source.ssh("sh /root/writers.sh prepare");
    done("source up, with LVM and LUKS");
    GuestAgent agent = installed(source);

    System.out.print(source.ssh("sh /root/writers.sh storm 20"));
    agent.untilConsistent();
    long written = WorkloadReport.of(source.console()).written().orElseThrow();
    agent.mark("under way");
    done("writers of every kind, consistent again, the workload under way");
    source.ssh("sh /root/writers.sh rest");
    agent.untilConsistent();
    agent.mark("at rest");
    source.kill();
    done("rest");
    assertSame(source.disks(), hydrate("at rest"));
    done("hydrated and compared");
    for (Path disk : source.disks()) {
      Files.delete(disk);
    }
    replica(hydrate("under way"), written);
  }

  @Test
  void rebootConvergesAndOnlyTheMachineItselfIsTheMachine() throws Exception {
    Guest source = machines.create("source", image, UUID_OF_SOURCE).boot().awaitSsh();
    GuestAgent agent = installed(source);
    agent.mark("before the reboot");
    String point = site.point("before the reboot");
    List<Path> before = hydrate(point);
    upgrade(source, agent);

    source.ssh("systemctl enable --now workload");
    source.reboot();
    done("rebooted");
    agent.untilConsistent();
    agent.mark("after the reboot");
    done("converged after the reboot");
    assertThat(site.point("before the reboot")).isEqualTo(point);
    assertSame(before, hydrate(point));
    done("the old point comes back as before");

    source.powerOff();
    clones(source);
  }

  private GuestAgent installed(Guest guest) throws IOException {
    GuestAgent agent = new GuestAgent(guest);
    agent.unpack();
    agent.install(site, server, guest.disks().size());
    done("agent installed");
    agent.untilConsistent();
    done("first copy");
    return agent;
  }

  /** The same package again: nothing is read again, for capture went on in the kernel. */
  private void upgrade(Guest guest, GuestAgent agent) throws IOException {
    JsonNode before = agent.status();
    agent.unpack();
    assertThat(guest.ssh("/dev/shm/package/install.sh")).contains("installed over");
    JsonNode after =
        agent.until(
            "back",
            status ->
                status.path("connected").asBoolean()
                    && status.path("state").asText().equals("Consistent"));
    assertThat(after.path("lineage").asText()).isEqualTo(before.path("lineage").asText());
    assertThat(agent.log())
        .contains("capture goes on where it stood")
        .doesNotContain("begins anew");
    done("upgraded");
  }

  private void clones(Guest source) throws Exception {
    try (Guest clone = machines.create("clone", image, UUID.randomUUID(), source.disks())) {
      clone.boot().awaitSsh();
      assertDormant(new GuestAgent(clone));
    }
    done("a clone is dormant");
    Guest same = machines.create("same", image, SWAPPED, source.disks());
    Guest twin = machines.create("twin", image, UUID_OF_SOURCE, source.disks());
    try (same;
        twin) {
      same.boot().awaitSsh();
      GuestAgent first = new GuestAgent(same);
      first.until("at work", status -> status.path("connected").asBoolean());
      done("the other byte order is the same machine");
      twin.boot().awaitSsh();
      new GuestAgent(twin)
          .until("refused", status -> status.path("trouble").asText().contains("live"));
      first.until("refused", status -> status.path("trouble").asText().contains("live"));
      done("two live boots are both refused");
      twin.kill();
      uninstall(same);
    }
  }

  private static void assertDormant(GuestAgent agent) {
    JsonNode status = agent.until("an answer", JsonNode::isObject);
    assertThat(status.path("state").asText()).isEqualTo("Dormant");
    assertThat(status.path("reason").asText()).contains("SMBIOS UUID");
  }

  private void uninstall(Guest guest) throws IOException {
    assertThat(guest.ssh("ls /sys/fs/bpf")).contains("lifeboat");
    guest.ssh("/opt/lifeboat-agent/uninstall.sh");
    String left =
        guest.ssh(
            "ls -d /opt/lifeboat* /etc/lifeboat /var/lib/lifeboat /sys/fs/bpf/* "
                + "/usr/local/bin/lifeboat* /etc/systemd/system/*lifeboat* "
                + "/etc/systemd/system/*/*lifeboat* 2>/dev/null; pgrep -a java; true");
    assertThat(left).isEmpty();
    done("uninstalled, with its pins");
  }

  /** The source's disks are gone: what boots are the vault's bytes. */
  private void replica(List<Path> disks, long written) throws Exception {
    int points = site.points().size();
    List<String> log = segments();
    try (Guest replica = machines.create("replica", image, UUID.randomUUID(), disks)) {
      replica.boot().awaitConsole("workload: last");
      WorkloadReport report = WorkloadReport.of(replica.console());
      assertThat(report.broken()).isEmpty();
      assertThat(report.sound()).as(replica.console()).isTrue();
      assertThat(report.lastInB().orElseThrow()).isGreaterThanOrEqualTo(written);
      replica.awaitSsh();
      assertDormant(new GuestAgent(replica));
    }
    assertThat(site.points().size()).isEqualTo(points);
    assertThat(segments()).isEqualTo(log);
    done("the replica boots sound, its agent is dormant, the source's log gained nothing");
  }

  private List<String> segments() throws IOException {
    return site.azurite().owner().getBlobContainerClient("lifeboat-log").listBlobs().stream()
        .map(blob -> blob.getName() + " " + blob.getProperties().getContentLength())
        .toList();
  }

  private Path writers() throws IOException {
    Path file = folder.resolve("writers.sh");
    try (var script = GuestE2E.class.getResourceAsStream("writers.sh")) {
      Files.copy(script, file);
    }
    return file;
  }

  private List<Path> hydrate(String labelOrPoint) throws IOException {
    String point = labelOrPoint.contains("/") ? labelOrPoint : site.point(labelOrPoint);
    Path into = Files.createTempDirectory(folder, "hydrated");
    List<Path> files = new ArrayList<>();
    int disks = machines.guests().getFirst().disks().size();
    for (int disk = 1; disk <= disks; disk++) {
      Path file = into.resolve("disk-" + disk + ".img");
      int exitCode =
          VaultCommand.execute(
              "hydrate",
              "--config",
              site.vaultConfig(),
              "--point",
              point,
              "--disk",
              Integer.toString(disk),
              "--to",
              file.toString());
      assertThat(exitCode).as("hydrate disk %d of %s", disk, point).isZero();
      files.add(file);
    }
    return files;
  }

  private static void assertSame(List<Path> source, List<Path> replica) {
    for (int disk = 0; disk < source.size(); disk++) {
      Command.run("cmp", source.get(disk).toString(), replica.get(disk).toString());
    }
  }
}
