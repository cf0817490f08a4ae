package dev.lifeboat.agent.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.lifeboat.agent.kernel.BpfFileSystem;
import dev.lifeboat.agent.kernel.HeldException;
import dev.lifeboat.wire.frame.Chain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Capture outlives its reader, has one, can be ended, and refuses what it cannot do. */
class CaptureLifeIT {
  @TempDir(factory = TargetFolder.class)
  Path directory;

  private static String random(LoopDisk disk, int seed, int mebibytes) {
    return "fio --name=k --filename="
        + disk.device()
        + " --size=48m --rw=randwrite"
        + " --bsrange=4k-256k --direct=1 --ioengine=libaio --iodepth=4 --io_size="
        + mebibytes
        + "m --randseed="
        + seed;
  }

  @Test
  void aKilledReaderLosesNothing() throws Exception {
    try (CaptureBench bench = new CaptureBench(directory, 64 << 20)) {
      LoopDisk disk = bench.disk(CaptureBench.DISK);
      Process child = ReaderProcess.start(bench.settings(), disk.as(1), directory);
      try {
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> Files.exists(directory.resolve(ReaderProcess.READY)) || !child.isAlive());
        Shell.sh(random(disk, 1, 24));
      } finally {
        child.destroyForcibly().waitFor();
      }
      Shell.sh(random(disk, 2, 16));
      bench.open();
      assertThat(bench.source().resumed()).isTrue();
      assertThat(bench.source().released().position()).isGreaterThan(7L << 48);
      bench.replica().chain(bench.source().released().chain());
      bench.during(random(disk, 3, 16));
      assertThat(bench.source().losses().total()).isZero();
      assertThat(bench.difference()).isEmpty();
    }
  }

  @Test
  void aSecondReadingGivesTheSameChain() throws Exception {
    try (CaptureBench bench = new CaptureBench(directory, 64 << 20)) {
      LoopDisk disk = bench.disk(CaptureBench.DISK);
      BpfCaptureSource source = bench.open();
      Shell.sh(random(disk, 4, 8));
      while (source.poll(bench.replica(), 1 << 20) > 0) {
        if (bench.replica().log().size() < 20) {
          source.release(source.checkpoint());
        }
      }
      Checkpoint end = source.checkpoint();
      source.rewind();
      bench.replica().chain(source.released().chain());
      while (source.poll(bench.replica(), 1 << 20) > 0) {
        assertThat(source.released().position()).isLessThan(source.checkpoint().position());
      }
      assertThat(source.checkpoint()).isEqualTo(end);
      source.close();
      BpfCaptureSource again = bench.open();
      bench.replica().chain(again.released().chain());
      while (again.poll(bench.replica(), 1 << 20) > 0) {
        assertThat(again.released()).isEqualTo(source.released());
      }
      assertThat(again.checkpoint()).isEqualTo(end);
      assertThat(end.chain()).isNotEqualTo(Chain.START);
    }
  }

  @Test
  void aRecordedRingReplaysToAnyPosition() throws Exception {
    Path file = directory.resolve("ring");
    try (CaptureBench bench = new CaptureBench(directory, 16 << 20)) {
      LoopDisk disk = bench.disk(CaptureBench.DISK);
      BpfCaptureSource source = bench.open();
      try (RingRecorder recorder = new RingRecorder(source, bench.replica(), file)) {
        for (int i = 0; i < 3; i++) {
          Shell.sh(random(disk, 40 + i, 4));
          while (recorder.step() > 0) {
            assertThat(source.fill()).isBetween(0.0, 1.0);
          }
        }
      }
      List<Replica.Applied> log = bench.replica().log();
      List<Long> positions = RecordedRing.of(file).positions();
      assertThat(positions).hasSizeGreaterThan(1000);
      for (int i = 0; i < positions.size(); i += positions.size() / 40) {
        long cut = positions.get(i);
        try (Replica replica = new Replica(Files.createDirectory(directory.resolve("cut" + i)))) {
          RecordedRing.of(file).replay(replica, cut, slot -> slot + 1);
          assertThat(replica.log())
              .isEqualTo(log.stream().filter(write -> write.position() <= cut).toList());
        }
      }
    }
  }

  @Test
  void whatWasHalfMadeIsMadeAnew() throws Exception {
    try (CaptureBench bench = new CaptureBench(directory, 4 << 20)) {
      LoopDisk disk = bench.disk(CaptureBench.DISK);
      BpfFileSystem.ensure(bench.settings().pins());
      KernelObjects.create(bench.settings().pins(), 1 << 20, 4096).close();
      assertThat(KernelObjects.exist(bench.settings().pins())).isFalse();
      assertThat(bench.open().resumed()).isFalse();
      Sectors.write(disk.device(), 0, new byte[4096]);
      bench.drain();
      assertThat(bench.replica().log()).hasSize(1);
    }
  }

  @Test
  void aDiskThatComesBackIsDirtyAsAWhole() throws Exception {
    try (CaptureBench bench = new CaptureBench(directory, 4 << 20)) {
      LoopDisk disk = bench.disk(CaptureBench.DISK);
      BpfCaptureSource source = bench.open();
      CapturedDisk captured = source.disks().getFirst();
      assertThat(source.changes(captured).dirty()).isEqualTo(1024);
      bench.clean();
      assertThat(source.changes(captured).dirty()).isZero();
      Shell.run("losetup", "-d", disk.device().toString());
      await().atMost(Duration.ofSeconds(10)).until(() -> source.disks().isEmpty());
      Shell.run("losetup", disk.device().toString(), disk.file().toString());
      await().atMost(Duration.ofSeconds(10)).until(() -> source.disks().size() == 1);
      assertThat(source.changes(captured).dirty()).isEqualTo(1024);
      Sectors.write(disk.device(), 0, new byte[4096]);
      bench.drain();
      assertThat(bench.replica().log()).hasSize(1);
    }
  }

  /** Records of another disk in the ring keep the slot before from being used again. */
  @Test
  void aDiskThatReturnsBetweenTwoLooksIsAnother() throws Exception {
    try (CaptureBench bench = new CaptureBench(directory, 4 << 20)) {
      LoopDisk disk = bench.disk(CaptureBench.DISK);
      LoopDisk other = bench.disk(CaptureBench.DISK);
      BpfCaptureSource source = bench.open();
      CapturedDisk before = source.disks().getFirst();
      ChangeMap changesBefore = source.changes(before);
      bench.clean();
      Sectors.write(other.device(), 0, new byte[4096]);
      Shell.sh("losetup -d %1$s; losetup %1$s %2$s".formatted(disk.device(), disk.file()));
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> source.disks().size() == 2 && !source.disks().contains(before));
      CapturedDisk now =
          source.disks().stream().filter(one -> one.id() == 1).findFirst().orElseThrow();
      assertThat(source.changes(now).dirty()).isEqualTo(1024);
      assertThat(changesBefore.dirty()).as("nobody marks the map before any more").isZero();
    }
  }

  @Test
  void aDiskCanBeAddedAndForgotten() throws Exception {
    try (CaptureBench bench = new CaptureBench(directory, 4 << 20);
        LoopDisk late = LoopDisk.create(directory, "late", 32 << 20)) {
      LoopDisk disk = bench.disk(CaptureBench.DISK);
      BpfCaptureSource source = bench.open();
      source.protect(late.as(9));
      Sectors.write(late.device(), 0, new byte[4096]);
      Sectors.write(disk.device(), 0, new byte[4096]);
      bench.drain();
      assertThat(bench.replica().log()).extracting(Replica.Applied::disk).containsExactly(9, 1);
      source.forget(9);
      Sectors.write(late.device(), 0, new byte[4096]);
      bench.drain();
      assertThat(bench.replica().log()).hasSize(2);
      assertThat(source.disks()).extracting(CapturedDisk::id).containsExactly(1);
    }
  }

  @Test
  void detachLeavesNothing() throws Exception {
    try (CaptureBench bench = new CaptureBench(directory, 4 << 20)) {
      LoopDisk disk = bench.disk(CaptureBench.DISK);
      bench.open();
      assertThatThrownBy(() -> BpfCaptureSource.open(bench.settings(), List.of(disk.as(1))))
          .isInstanceOf(HeldException.class)
          .hasMessageContaining("another agent");
      assertThatThrownBy(() -> BpfCaptureSource.detach(bench.settings()))
          .isInstanceOf(HeldException.class);
      bench.source().close();
      assertThat(bench.settings().pins()).isNotEmptyDirectory();
      BpfCaptureSource.detach(bench.settings());
      assertThat(bench.settings().pins()).doesNotExist();
      assertThat(bench.open().resumed()).isFalse();
    }
  }

  private void refused(Path device, String reason) {
    CaptureSettings settings =
        new CaptureSettings(
            Path.of("/sys/fs/bpf/lifeboat-refused-" + ProcessHandle.current().pid()),
            directory.resolve("state"),
            1 << 20,
            0,
            Chain.START);
    assertThatThrownBy(
            () -> BpfCaptureSource.open(settings, List.of(new ProtectedDisk(1, device, "x"))))
        .isInstanceOf(CaptureRefusedException.class)
        .hasMessageContaining(reason);
    assertThat(settings.pins()).doesNotExist();
  }

  @Test
  void refusesWhatCannotBeCaptured() throws Exception {
    try (LoopDisk disk = LoopDisk.create(directory, "refused", 32 << 20)) {
      Shell.run("addpart", disk.device().toString(), "1", "2048", "2048");
      Path partition = Path.of(disk.device() + "p1");
      await().atMost(Duration.ofSeconds(10)).until(() -> Files.exists(partition));
      refused(partition, "partition");
      Shell.run("blockdev", "--setro", disk.device().toString());
      refused(disk.device(), "read-only");
      Shell.run("blockdev", "--setrw", disk.device().toString());
      refused(disk.file(), "no block device");
      refused(Path.of("/dev/no-such-disk"), "no device");
      if (Files.exists(Path.of("/dev/zram0"))) {
        refused(Path.of("/dev/zram0"), "memory");
      }
    }
  }

  @Test
  void aWrongCalibrationIsCaught() throws IOException {
    Files.createDirectories(directory);
    KernelLayout layout = Requirements.check();
    PageAddress pages = new PageAddress(layout, directory);
    PageAddress.Proven proven = pages.find();
    assertThat(pages.prove(proven.base())).contains("O_DIRECT");
    assertThatThrownBy(() -> pages.prove(proven.base() + 4096))
        .isInstanceOf(CaptureRefusedException.class);
  }
}
