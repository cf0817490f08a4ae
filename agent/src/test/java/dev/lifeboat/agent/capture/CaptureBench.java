package dev.lifeboat.agent.capture;

import dev.lifeboat.wire.frame.Chain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Loop disks, a capture of them and its replica, for one test; leaves nothing behind. */
final class CaptureBench implements AutoCloseable {
  static final long DISK = 64L << 20;

  private final Path directory;
  private final CaptureSettings settings;
  private final List<LoopDisk> disks = new ArrayList<>();
  private final Replica replica;
  private BpfCaptureSource source;

  CaptureBench(Path directory, int ringBytes) {
    this.directory = directory;
    settings =
        new CaptureSettings(
            Path.of(
                "/sys/fs/bpf/lifeboat-test-"
                    + ProcessHandle.current().pid()
                    + "-"
                    + System.nanoTime()),
            directory.resolve("state"),
            ringBytes,
            7L << 48,
            Chain.START);
    replica = new Replica(directory);
  }

  LoopDisk disk(long bytes) throws IOException {
    LoopDisk disk = LoopDisk.create(directory, "disk" + disks.size(), bytes);
    disks.add(disk);
    return disk;
  }

  LoopDisk disk(Path where, long bytes) throws IOException {
    LoopDisk disk = LoopDisk.create(where, "disk" + disks.size(), bytes);
    disks.add(disk);
    return disk;
  }

  CaptureSettings settings() {
    return settings;
  }

  Replica replica() {
    return replica;
  }

  BpfCaptureSource source() {
    return source;
  }

  LoopDisk disk(int index) {
    return disks.get(index);
  }

  /** Captures all disks under their index + 1. */
  BpfCaptureSource open() throws IOException {
    List<ProtectedDisk> wanted = new ArrayList<>();
    for (int i = 0; i < disks.size(); i++) {
      wanted.add(disks.get(i).as(i + 1));
    }
    source = BpfCaptureSource.open(settings, wanted);
    return source;
  }

  /** The disks are all zeros, as the empty replica is: nothing of them is dirty. */
  void clean() {
    for (CapturedDisk disk : source.disks()) {
      ChangeMap changes = source.changes(disk);
      for (long at = changes.next(0); at >= 0; at = changes.next(at + 1)) {
        changes.clear(at);
      }
    }
  }

  /** Reads everything and gives it back. */
  void drain() {
    while (source.poll(replica, 8 << 20) > 0) {
      source.release(source.checkpoint());
    }
    // A write whose tail was lost is given up only by a second look.
    source.poll(replica, 1);
    source.release(source.checkpoint());
  }

  /** Runs a workload while reading. */
  void during(String... lines) throws Exception {
    Process process =
        new ProcessBuilder("bash", "-ec", String.join("\n", lines))
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("workload.log").toFile())
            .start();
    while (process.isAlive()) {
      drain();
      Thread.onSpinWait();
    }
    if (process.exitValue() != 0) {
      throw new AssertionError(
          Arrays.toString(lines) + "\n" + Files.readString(directory.resolve("workload.log")));
    }
    drain();
  }

  /** Bytes that the programs counted, whatever became of them. */
  long captured() {
    return source.disks().stream().mapToLong(disk -> source.captured(disk)).sum();
  }

  /** Index of the first disk that differs, with the sector; empty where all are equal. */
  String difference() throws IOException {
    for (CapturedDisk disk : source.disks()) {
      long sector = replica.firstDifference(disk.device(), disk.id(), disk.size());
      if (sector >= 0) {
        return "disk " + disk.id() + " sector " + sector;
      }
    }
    return "";
  }

  @Override
  public void close() throws IOException {
    try {
      if (source != null) {
        source.close();
      }
      replica.close();
    } finally {
      BpfCaptureSource.detach(settings);
      for (LoopDisk disk : disks) {
        disk.close();
      }
    }
  }
}
