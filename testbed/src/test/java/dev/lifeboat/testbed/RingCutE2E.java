package dev.lifeboat.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.agent.capture.BpfCaptureSource;
import dev.lifeboat.agent.capture.CaptureSettings;
import dev.lifeboat.agent.capture.LoopDisk;
import dev.lifeboat.agent.capture.RecordedRing;
import dev.lifeboat.agent.capture.Replica;
import dev.lifeboat.agent.capture.RingRecorder;
import dev.lifeboat.wire.frame.Chain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A power cut at any place of the ring leaves two disks that belong together. */
class RingCutE2E {

  private static final long DISK = 48 << 20;
  private static final int CUTS = 60;
  private static final long SECONDS = 4;

  @TempDir(factory = TargetFolder.class, cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  @Test
  void disksBelongTogetherWhereverTheRingIsCut() throws Exception {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Path base = Files.createDirectory(folder.resolve("base"));
    Path recording = folder.resolve("ring");
    record(base, recording, seed);

    RecordedRing ring = RecordedRing.of(recording);
    List<Long> positions = ring.positions();
    assertThat(positions).hasSizeGreaterThan(CUTS);
    long newest = 0;
    for (long cut : cuts(positions, new Random(seed))) {
      Path cutFolder = Files.createDirectory(folder.resolve("cut"));
      for (int disk = 1; disk <= 2; disk++) {
        Command.run("cp", "--sparse=always", image(base, disk), image(cutFolder, disk));
      }
      try (Replica replica = new Replica(cutFolder)) {
        ring.replay(replica, cut, slot -> slot + 1);
      }
      Pair pair = Pair.judge(Path.of(image(cutFolder, 1)), Path.of(image(cutFolder, 2)), cutFolder);
      assertThat(pair.a()).as("a later cut holds more").isGreaterThanOrEqualTo(newest);
      newest = pair.a();
      Command.run("rm", "-r", cutFolder.toString());
    }
    assertThat(newest).as("the last cut holds the writer's work").isGreaterThan(10);
  }

  private static String image(Path folder, int disk) {
    return folder.resolve("replica-" + disk).toString();
  }

  /** First and last record, neighbours in pairs (within one large write too), and random ones. */
  private static SortedSet<Long> cuts(List<Long> positions, Random random) {
    SortedSet<Long> cuts = new TreeSet<>(List.of(positions.getFirst(), positions.getLast()));
    while (cuts.size() < CUTS) {
      int at = random.nextInt(positions.size() - 1);
      cuts.add(positions.get(at));
      cuts.add(positions.get(at + 1));
    }
    return cuts;
  }

  private void record(Path base, Path recording, long seed) throws Exception {
    CaptureSettings settings =
        new CaptureSettings(
            Path.of("/sys/fs/bpf/lifeboat-test-ring-" + ProcessHandle.current().pid()),
            folder,
            64 << 20,
            0,
            Chain.START);
    try (LoopDisk a = LoopDisk.create(folder, "a", DISK);
        LoopDisk b = LoopDisk.create(folder, "b", DISK)) {
      Mount.format("ext4", a.device());
      Mount.format("ext4", b.device());
      Command.run("sync");
      Command.run("cp", "--sparse=always", a.file().toString(), image(base, 1));
      Command.run("cp", "--sparse=always", b.file().toString(), image(base, 2));
      try (BpfCaptureSource source = BpfCaptureSource.open(settings, List.of(a.as(1), b.as(2)));
          Replica live = new Replica(Files.createDirectory(folder.resolve("live")));
          RingRecorder recorder = new RingRecorder(source, live, recording)) {
        write(a, b, seed, recorder);
        assertThat(source.losses().total()).isZero();
      } finally {
        BpfCaptureSource.detach(settings);
      }
    }
  }

  private void write(LoopDisk a, LoopDisk b, long seed, RingRecorder recorder) throws Exception {
    try (Mount mountOfA = Mount.of(a.device(), folder.resolve("mount-a"));
        Mount mountOfB = Mount.of(b.device(), folder.resolve("mount-b"))) {
      OrderedWriter writer = new OrderedWriter(mountOfA.directory(), mountOfB.directory(), seed);
      Thread thread = Thread.ofPlatform().start(writer);
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
      while (System.nanoTime() < end) {
        drain(recorder);
      }
      writer.stop(thread);
      Command.run("sync");
      drain(recorder);
    }
    drain(recorder);
  }

  private static void drain(RingRecorder recorder) throws IOException {
    int records = 1;
    while (records > 0) {
      records = recorder.step();
    }
  }
}
