package dev.lifeboat.testbed.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lifeboat.testbed.network.TestNetwork;
import dev.lifeboat.testbed.process.Command;
import dev.lifeboat.testbed.workload.WorkloadReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Guests boot from their own disks, take commands, lose power, and their disks say what was. */
class GuestIT {

  @TempDir(factory = BuildFolder.class)
  Path folder;

  private TestNetwork network;
  private Machines machines;

  @BeforeEach
  void start() throws Exception {
    network = TestNetwork.start();
    machines = new Machines(network, folder);
  }

  @AfterEach
  void end() throws Exception {
    machines.close();
    network.close();
  }

  private static void report(String what, long since) {
    System.out.printf("%s: %.1f s%n", what, (System.nanoTime() - since) / 1e9);
  }

  @Test
  void busyboxIsUpInSeconds() throws Exception {
    UUID uuid = UUID.randomUUID();
    long begun = System.nanoTime();
    MachineImage image = MachineImage.busybox();
    report("busybox image", begun);
    begun = System.nanoTime();
    try (Guest guest = machines.create("small", image, uuid).boot()) {
      guest.awaitConsole("guest: ready");
      report("busybox guest ready", begun);
      assertThat(guest.console())
          .contains(uuid.toString())
          .contains("guest: fsck root clean")
          .contains("guest: fsck data clean")
          .contains("guest: address " + guest.address().getHostAddress());
      assertThat(guest.awaitSsh().ssh("uname -r")).startsWith("6.1.");
      report("busybox guest took a command", begun);
      guest.ssh("ping -c 1 " + network.nodeAddress().getHostAddress());
      guest.ssh("ping -c 1 " + network.hostAddress().getHostAddress());
      report("busybox guest reached others", begun);
      guest.powerOff();
      report("busybox guest is off", begun);
      assertThat(guest.running()).isFalse();
    }
  }

  @Test
  void debianLosesPowerUnderTheWorkloadAndFindsItsRecordsInOrder() throws Exception {
    long begun = System.nanoTime();
    MachineImage image = MachineImage.debian();
    report("debian image", begun);
    begun = System.nanoTime();
    try (Guest guest = machines.create("source", image, UUID.randomUUID()).boot()) {
      guest.awaitSsh();
      report("debian guest takes commands", begun);
      String used = guest.ssh("df --output=used --block-size=1M / | tail -1").strip();
      assertThat(Integer.parseInt(used)).as("MiB used").isLessThanOrEqualTo(500);
      guest.ssh("command -v curl fio lvs vgs cryptsetup mkfs.xfs");
      assertThat(guest.ssh("cat /sys/class/dmi/id/product_uuid")).contains(guest.uuid().toString());
      guest.awaitConsole("workload: last A=0 B=0 in order");

      guest.ssh("systemctl enable --now workload");
      guest.awaitConsole("workload: written ");
      guest.ssh(
          "fio --name=noise --filename=/root/noise --size=8M --bs=64k --rw=randwrite --fsync=4");
      guest.kill();
      long written = WorkloadReport.of(guest.console()).written().orElseThrow();

      begun = System.nanoTime();
      guest.boot().awaitConsole("workload: written ");
      report("debian guest writes again", begun);
      WorkloadReport found = WorkloadReport.of(guest.console());
      assertThat(found.broken()).isEmpty();
      assertThat(found.sound()).as(guest.console()).isTrue();
      assertThat(found.lastInB().orElseThrow()).isGreaterThanOrEqualTo(written);

      guest.awaitSsh();
      guest.ssh("systemctl disable --now workload && rm /root/noise && fstrim /");
      guest.powerOff();
      assertThat(mebibytes(guest.disks().get(0))).as("a discard reaches the file").isLessThan(500);
    }
  }

  private static long mebibytes(Path file) throws IOException {
    String used = Command.run("stat", "--format", "%b", file.toString()).strip();
    return (Long.parseLong(used) * 512) >> 20;
  }

  @Test
  void recordsThatNoPowerCutLeavesAreTold() throws Exception {
    MachineImage image = MachineImage.busybox();
    try (Guest guest = machines.create("liar", image, UUID.randomUUID()).boot()) {
      guest.awaitConsole("guest: ready").awaitSsh();
      guest.ssh("mkdir -p /disk/workload; timeout 3 workload write /disk/workload/A /data/B; true");
      assertThat(guest.ssh("workload check /disk/workload/A /data/B")).contains("in order");
      guest.ssh("dd if=/dev/zero of=/disk/workload/A bs=4096 seek=2 count=1 conv=notrunc");
      Command.Result result = guest.attempt("workload check /disk/workload/A /data/B");
      assertThat(result.exitCode()).isEqualTo(1);
      assertThat(result.output()).contains("BROKEN").contains("lacks 2");
      guest.ssh("rm /disk/workload/A");
      assertThat(guest.attempt("workload check /disk/workload/A /data/B").output())
          .contains("A ends at 0");
      guest.kill();
    }
  }

  @Test
  void whatIsMissingIsSaidInOneSentence() throws Exception {
    QemuSettings.Disk disk = QemuSettings.Disk.raw(Files.createFile(folder.resolve("empty.img")));
    try (Qemu open = Qemu.start(QemuSettings.of(folder, List.of(disk), UUID.randomUUID()))) {
      assertThat(open.running()).isTrue();
      assertThatThrownBy(
              () -> Qemu.start(QemuSettings.of(folder, List.of(disk), UUID.randomUUID())))
          .hasMessageContaining("lock");
    }

    String build = Path.of("machine/build").toAbsolutePath().toString();
    assertThat(run(build, "plan9")).contains("usage: build");
    assertThat(run("env", "LIFEBOAT_CACHE=" + cacheWithABrokenImage(), build, "debian").strip())
        .matches("machine: the cached disks in \\S+ are broken: remove that folder and try again");
    assertThat(runAsNobody(build, "debian").strip())
        .isEqualTo("machine: root is needed to build a machine's disks: run it with sudo");
    assertThat(run("env", "PATH=/usr/bin:/bin", "bash", "-c", fullDisk(build)).strip())
        .matches("machine: \\S+ has \\d+ MiB free, building a machine's disks takes 3000: .*");
  }

  /** A copy of the script, where everybody may read. */
  private static String runAsNobody(String script, String kind) throws IOException {
    Path copy = Files.createTempFile("build", "");
    try {
      Files.writeString(copy, Files.readString(Path.of(script)));
      Command.run("chmod", "755", copy.toString());
      return run("setpriv", "--reuid=65534", "--clear-groups", copy.toString(), kind);
    } finally {
      Files.delete(copy);
    }
  }

  private static String run(String... command) throws IOException {
    Command.Result result = Command.attempt(List.of(command), Duration.ofMinutes(1));
    assertThat(result.exitCode()).as(result.output()).isNotZero();
    return result.output();
  }

  /**
   * A cache on a file system that is too small, in a mount namespace that ends with the command.
   */
  private String fullDisk(String build) {
    return "export PATH=$PATH:/usr/sbin:/sbin; exec unshare --mount --propagation private bash -c"
        + " 'mkdir %1$s/small && mount -t tmpfs -o size=8m tmpfs %1$s/small && LIFEBOAT_CACHE=%1$s/small %2$s debian'"
            .formatted(folder, build);
  }

  private Path cacheWithABrokenImage() throws IOException {
    Path image = MachineImage.debian().bootDisk().getParent();
    Path broken = folder.resolve("cache/machine").resolve(image.getFileName());
    Files.createDirectories(broken);
    for (String name : List.of("data.img", "ssh.key", "whole")) {
      Files.copy(image.resolve(name), broken.resolve(name));
    }
    Files.createFile(broken.resolve("disk.img"));
    return folder.resolve("cache");
  }
}
