package dev.lifeboat.vault.hydrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.vault.blob.MemoryBlobStore;
import dev.lifeboat.vault.key.DataKey;
import dev.lifeboat.vault.point.LogView;
import dev.lifeboat.vault.point.RecoveryPoint;
import dev.lifeboat.vault.segment.LogWriter;
import dev.lifeboat.vault.segment.SegmentId;
import dev.lifeboat.vault.segment.SegmentLog;
import dev.lifeboat.wire.frame.Codec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random logs, hydrated at random marks through every window size, against the naive replay. */
class HydrationPropertyTest {

  private static final int SECTORS = 320;
  private static final int SIZE = SECTORS * 512;

  /** Writes of so many sectors are handed on as chunks of their own, where they compress. */
  private static final int LARGE = 400;

  @TempDir private Path folder;

  @Test
  void givesWhatTheNaiveReplayGives() throws Exception {
    long seed = Long.getLong("lifeboat.seed", System.nanoTime());
    System.out.println("HydrationPropertyTest: -Dlifeboat.seed=" + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 25; round++) {
      check(random, round);
    }
  }

  private void check(Random random, int round) throws Exception {
    MemoryBlobStore store = new MemoryBlobStore();
    SegmentLog log = new SegmentLog(store, new UUID(1, round));
    DataKey key = DataKey.generate();
    Map<Long, byte[][]> expected = write(random, log, key);

    HydrationSource source = HydrationSource.open(log, key);
    LogView view = source.view();
    assertThat(view.findings()).isEmpty();
    assertThat(view.points()).hasSize(expected.size());
    for (RecoveryPoint point : view.points()) {
      if (random.nextInt(3) > 0) {
        continue;
      }
      int disk = random.nextInt(2);
      byte[] image = hydrate(source, point, disk, 1024 << random.nextInt(3));
      assertThat(image)
          .describedAs("round %d, point %s, disk %d", round, point.id(), disk)
          .isEqualTo(expected.get(point.id().sequence())[disk]);
    }
  }

  private byte[] hydrate(HydrationSource source, RecoveryPoint point, int disk, int window)
      throws Exception {
    Hydration hydration =
        new Hydration(source, point, disk, new Hydration.Settings(Math.max(1024, window), 3));
    Path file = folder.resolve("image");
    Path progress = folder.resolve("progress");
    try (FileTarget target = FileTarget.raw(file, hydration.size(), FileTarget.Existing.REPLACE)) {
      hydration.run(
          target,
          HydrationProgress.fresh(progress, hydration.identity(), Clock.systemUTC(), _ -> {}));
      target.finish();
    }
    return Files.readAllBytes(file);
  }

  /** Writes a log of two disks over several segments and epochs; tells the images at its marks. */
  private static Map<Long, byte[][]> write(Random random, SegmentLog log, DataKey key)
      throws Exception {
    NaiveReplay model = new NaiveReplay();
    Map<Long, byte[][]> expected = new HashMap<>();
    LogWriter writer = new LogWriter(log, key, 1, new UUID(5, 6));
    writer.state(LogWriter.disk(0, SIZE), LogWriter.disk(1, SIZE));
    long epoch = 1;
    for (int i = 0; i < 120; i++) {
      int disk = random.nextInt(2);
      int offset = random.nextInt(SECTORS) * 512;
      int most = random.nextInt(4) == 0 ? LARGE : 16;
      byte[] content = new byte[Math.min(1 + random.nextInt(most), SECTORS - offset / 512) * 512];
      writer.codec(random.nextBoolean() ? Codec.ZSTD : Codec.NONE);
      switch (random.nextInt(10)) {
        case 0 -> {
          writer.zero(disk, offset, content.length);
          model.add(writer.sequence(), writer.position(), false, disk, offset, content);
        }
        case 1 -> {
          writer.unmap(disk, offset, content.length);
          model.add(writer.sequence(), writer.position(), false, disk, offset, content);
        }
        case 2 -> {
          Arrays.fill(content, (byte) (i | 0x80));
          long at = Math.max(0, writer.position() - random.nextInt(6));
          writer.base(disk, offset, content, at);
          model.add(writer.sequence(), at, true, disk, offset, content);
        }
        case 3 -> {
          writer.mark(Instant.ofEpochSecond(i), 0, 1);
          expected.put(
              writer.sequence(),
              new byte[][] {
                model.at(writer.sequence(), writer.position(), 0, SIZE),
                model.at(writer.sequence(), writer.position(), 1, SIZE)
              });
        }
        case 4 -> {
          if (random.nextInt(3) == 0 && !writer.builder().isEmpty()) {
            writer.cut();
          }
        }
        case 5 -> {
          if (random.nextInt(8) == 0 && !writer.builder().isEmpty()) {
            var tip = writer.finishAndPut();
            log.putTombstone(writer.next());
            writer = new LogWriter(log, key, new SegmentId(log.machine(), ++epoch, 1), tip);
          }
        }
        default -> {
          compressible(random, content);
          writer.write(disk, offset, content);
          model.add(writer.sequence(), writer.position(), false, disk, offset, content);
        }
      }
    }
    if (!writer.builder().isEmpty()) {
      writer.cut();
    }
    return expected;
  }

  private static void compressible(Random random, byte[] content) {
    for (int i = 0; i < content.length; i++) {
      content[i] = (byte) random.nextInt(8);
    }
  }
}
