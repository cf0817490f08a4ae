package dev.lifeboat.agent.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lifeboat.wire.frame.RecordKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot be kept is known by range, and reading the ranges again makes all equal. */
class CaptureLossIT {
  @TempDir(factory = TargetFolder.class)
  Path directory;

  /** What convergence does, on a disk at rest. */
  private static long readAgain(CaptureBench bench) throws IOException {
    long granules = 0;
    for (CapturedDisk disk : bench.source().disks()) {
      ChangeMap changes = bench.source().changes(disk);
      for (long at = changes.next(0); at >= 0; at = changes.next(at + 1)) {
        changes.clear(at);
        bench.replica().copyGranule(disk, at);
        granules++;
      }
    }
    return granules;
  }

  @Test
  void anOverflowCostsItsRangesOnly() throws Exception {
    try (CaptureBench bench = new CaptureBench(directory, 1 << 20)) {
      LoopDisk disk = bench.disk(CaptureBench.DISK);
      bench.open();
      bench.clean();
      Losses before = bench.source().losses();
      Shell.sh(
          "fio --name=o --filename="
              + disk.device()
              + " --size=32m --rw=randwrite --bs=64k"
              + " --io_size=16m --direct=1 --ioengine=libaio --iodepth=8");
      Losses after = bench.source().losses();
      assertThat(after.overflows()).isGreaterThan(before.overflows());
      assertThat(after.withoutRange()).isEqualTo(before.withoutRange());
      bench.drain();
      assertThat(bench.difference()).isNotEmpty();
      // With the ring empty again nothing more is lost.
      for (int i = 0; i < 32; i++) {
        Sectors.write(disk.device(), i * 65536L, new byte[65536]);
        bench.drain();
      }
      assertThat(bench.source().losses()).isEqualTo(after);
      bench.drain();
      long again = readAgain(bench);
      assertThat(again).isPositive().isLessThanOrEqualTo(after.overflows() + after.overflows());
      assertThat(bench.difference()).isEmpty();
      assertThat(bench.source().checkpoint().position())
          .isEqualTo(bench.source().producerPosition());
    }
  }

  @Test
  void theTailOfALostWriteIsNotWaitedFor() throws Exception {
    try (CaptureBench bench = new CaptureBench(directory, 1 << 20)) {
      LoopDisk disk = bench.disk(CaptureBench.DISK);
      bench.open();
      bench.clean();
      byte[] large = new byte[4 << 20];
      Arrays.fill(large, (byte) 3);
      Sectors.write(disk.device(), 0, large);
      bench.drain();
      assertThat(bench.source().losses().overflows()).isPositive();
      assertThat(bench.source().fill()).isZero();
      Sectors.write(disk.device(), 8 << 20, new byte[8192]);
      bench.drain();
      assertThat(bench.replica().log()).last().extracting(Replica.Applied::length).isEqualTo(8192L);
      readAgain(bench);
      assertThat(bench.difference()).isEmpty();
    }
  }

  @Test
  void aHugeWriteIsDeferred() throws Exception {
    try (CaptureBench bench = new CaptureBench(directory, 64 << 20)) {
      LoopDisk disk = bench.disk(CaptureBench.DISK);
      bench.open();
      bench.clean();
      Path enabled = Path.of("/proc/sys/vm/nr_hugepages");
      String before = Files.readString(enabled).strip();
      Files.writeString(enabled, "" + (Integer.parseInt(before) + 20), StandardOpenOption.WRITE);
      try {
        bench.during(
            "fio --name=h --filename="
                + disk.device()
                + " --size=32m --rw=write --bs=16m"
                + " --direct=1 --ioengine=psync --mem=mmaphuge --hugepage-size=2m");
      } finally {
        Files.writeString(enabled, before, StandardOpenOption.WRITE);
      }
      assertThat(bench.replica().bytes(RecordKind.DEFERRED)).isPositive();
      assertThat(bench.source().losses().deferred()).isPositive();
      assertThat(bench.source().losses().withoutRange()).isZero();
      assertThat(bench.difference()).isNotEmpty();
      assertThat(readAgain(bench)).isLessThanOrEqualTo(512);
      assertThat(bench.difference()).isEmpty();
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> !bench.source().changes(bench.source().disks().getFirst()).inFlight(0));
    }
  }

  @Test
  void aFailedWriteIsReadAgain() throws Exception {
    Path small = Files.createDirectory(directory.resolve("small"));
    Shell.run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", small.toString());
    try (CaptureBench bench = new CaptureBench(directory, 64 << 20)) {
      LoopDisk disk = bench.disk(small, 32 << 20);
      bench.open();
      bench.clean();
      bench.during(
          "dd if=/dev/urandom of=" + disk.device() + " bs=256k count=64 oflag=direct || true");
      assertThat(bench.source().losses().failed()).isPositive();
      assertThat(bench.source().losses().withoutRange()).isZero();
      assertThat(bench.difference()).isNotEmpty();
      assertThat(readAgain(bench)).isPositive().isLessThan(512);
      assertThat(bench.difference()).isEmpty();
    } finally {
      Shell.run("umount", small.toString());
    }
  }

  @Test
  void aThrottledWriterIsCapturedOrALoss() throws Exception {
    try (CaptureBench bench = new CaptureBench(directory, 64 << 20)) {
      LoopDisk disk = bench.disk(CaptureBench.DISK);
      bench.open();
      bench.clean();
      Path group = Path.of("/sys/fs/cgroup/blkio/lifeboat-test-" + ProcessHandle.current().pid());
      String number = Files.readString(Path.of("/sys/block/" + disk.name() + "/dev")).strip();
      bench.during(
          "mkdir " + group,
          "trap 'echo $BASHPID > /sys/fs/cgroup/blkio/cgroup.procs; rmdir " + group + "' EXIT",
          "echo '" + number + " 8388608' > " + group + "/blkio.throttle.write_bps_device",
          "( echo $BASHPID > " + group + "/cgroup.procs;",
          "exec dd if=/dev/urandom of=" + disk.device() + " bs=1M count=16 oflag=direct )");
      assertThat(bench.source().losses().total() > 0 || bench.difference().isEmpty()).isTrue();
      assertThat(bench.replica().bytes(RecordKind.WRITE)).isEqualTo(16 << 20);
    }
  }
}
