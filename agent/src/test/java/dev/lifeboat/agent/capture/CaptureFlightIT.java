package dev.lifeboat.agent.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A write that was issued and has not completed is seen; a disk below a frozen file system holds
 * it.
 */
class CaptureFlightIT {
  private static final Duration SOON = Duration.ofSeconds(15);

  @TempDir(factory = TargetFolder.class)
  Path directory;

  private static Process write(LoopDisk disk, int mebibyte) throws Exception {
    return new ProcessBuilder(
            "dd",
            "if=/dev/urandom",
            "of=" + disk.device(),
            "bs=64k",
            "count=1",
            "oflag=direct",
            "seek=" + 16 * mebibyte)
        .redirectErrorStream(true)
        .start();
  }

  @Test
  void holdsUntilTheWriteCompleted() throws Exception {
    try (Frozen frozen = new Frozen(directory);
        CaptureBench bench = new CaptureBench(directory, 4 << 20)) {
      LoopDisk disk = bench.disk(frozen.folder(), 32 << 20);
      Sectors.write(disk.device(), 0, new byte[32 << 20]);
      bench.open();
      ChangeMap changes = bench.source().changes(bench.source().disks().getFirst());
      assertThat(changes.inFlight(0)).as("not settled yet").isTrue();
      await().atMost(SOON).until(() -> !changes.inFlight(0));
      frozen.freeze();
      long position = bench.source().producerPosition();
      Process writer = write(disk, 4);
      await().atMost(SOON).until(() -> bench.source().producerPosition() > position);
      assertThat(changes.inFlight(64)).isTrue();
      assertThat(changes.inFlight(64, System.nanoTime())).isTrue();
      long old = System.nanoTime() - DiskWatch.LONGEST_WRITE_NANOS;
      await().atMost(SOON).until(() -> !changes.inFlight(64, old));
      assertThat(changes.inFlight(0)).isFalse();
      assertThat(changes.inFlight(128)).isFalse();
      frozen.thaw();
      assertThat(writer.waitFor()).isZero();
      assertThat(changes.inFlight(64)).isFalse();
      bench.drain();
      assertThat(bench.difference()).isEmpty();
    }
  }

  @Test
  void aWriteFromBeforeTheCaptureKeepsItUnsettled() throws Exception {
    try (Frozen frozen = new Frozen(directory);
        CaptureBench bench = new CaptureBench(directory, 4 << 20)) {
      LoopDisk disk = bench.disk(frozen.folder(), 32 << 20);
      Sectors.write(disk.device(), 0, new byte[32 << 20]);
      frozen.freeze();
      Process writer = write(disk, 4);
      Path inFlight = Path.of("/sys/block/" + disk.name() + "/inflight");
      await().atMost(SOON).until(() -> Files.readString(inFlight).strip().endsWith("1"));
      bench.open();
      ChangeMap changes = bench.source().changes(bench.source().disks().getFirst());
      long opened = System.nanoTime();
      await()
          .during(Duration.ofSeconds(2))
          .atMost(Duration.ofSeconds(4))
          .until(() -> changes.inFlight(0) && changes.inFlight(64));
      frozen.thaw();
      assertThat(writer.waitFor()).isZero();
      await().atMost(SOON).until(() -> !changes.inFlight(64) && !changes.inFlight(0));
      assertThat(System.nanoTime() - opened).isLessThan(DiskWatch.LONGEST_WAIT_NANOS);
      Sectors.write(disk.device(), 4 << 20, new byte[65536]);
      assertThat(changes.inFlight(64)).isFalse();
      assertThat(bench.source().losses().total()).isZero();
    }
  }

  /** A file system on a disk of its own that can be frozen. */
  private static final class Frozen implements AutoCloseable {
    private final LoopDisk below;
    private final Path mount;
    private boolean frozen;

    Frozen(Path directory) throws Exception {
      below = LoopDisk.create(directory, "below", 128 << 20);
      mount = Files.createDirectory(directory.resolve("below"));
      Shell.run("mkfs.ext4", "-q", "-F", below.device().toString());
      Shell.run("mount", below.device().toString(), mount.toString());
    }

    Path folder() {
      return mount;
    }

    void freeze() throws Exception {
      Shell.run("fsfreeze", "-f", mount.toString());
      frozen = true;
    }

    void thaw() throws java.io.IOException {
      Shell.run("fsfreeze", "-u", mount.toString());
      frozen = false;
    }

    @Override
    public void close() throws java.io.IOException {
      if (frozen) {
        thaw();
      }
      Shell.run("umount", mount.toString());
      below.close();
    }
  }
}
