package dev.lifeboat.replicator.processserver.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.wire.frame.Chain;
import dev.lifeboat.wire.frame.Codec;
import dev.lifeboat.wire.frame.Compressor;
import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.FrameBuilder;
import dev.lifeboat.wire.frame.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is still in memory is read from there, and the log is the same whatever was kept. */
final class KeptFramesTest {
  private static final UUID MACHINE = new UUID(1, 1);
  private static final int MOST = 300_000;

  @TempDir private Path folder;

  private CacheVolume volume(long keptBytes) throws IOException {
    return CacheVolume.open(folder.resolve("cache"), folder.resolve("volume.key"), keptBytes);
  }

  private static CacheEntry entry(long sequence, Random random) throws IOException {
    byte[] payload = new byte[1 + random.nextInt(MOST)];
    random.nextBytes(payload);
    FrameBuilder builder =
        FrameBuilder.data(new Origin(MACHINE, new UUID(2, 2)), sequence * 10, Chain.START);
    builder.beginWrite(1, 0, payload.length, sequence * 10 + 5);
    builder.payload(payload, 0, payload.length);
    try (Compressor compressor = new Compressor()) {
      Frame frame = builder.build(Codec.NONE, compressor, 0).withSequence(sequence);
      return new CacheEntry(sequence, frame, Optional.of(frame.raw()));
    }
  }

  @Test
  void readsNothingFromTheDisk_whileItFollowsTheWriter() throws IOException {
    Random random = new Random(5);
    try (CacheVolume volume = volume(64 << 20);
        MachineCache cache = MachineCache.empty(volume, MACHINE, 3);
        CacheReader reader = cache.reader(Optional.empty())) {
      List<CacheEntry> entries = List.of(entry(1, random), entry(2, random), entry(3, random));
      cache.append(entries);
      try (var files = Files.newDirectoryStream(folder.resolve("cache/" + MACHINE))) {
        for (Path file : files) {
          Files.write(file, new byte[(int) Files.size(file)]);
        }
      }
      for (CacheEntry entry : entries) {
        CachedFrame read = reader.next().orElseThrow();
        assertThat(read.frame().encode()).isEqualTo(entry.frame().encode());
        assertThat(read.raw().orElseThrow()).isEqualTo(entry.raw().orElseThrow());
      }
      assertThat(reader.next()).isEmpty();
      assertThat(volume.kept().used()).isZero();
    }
  }

  @Test
  void givesTheSameLog_whateverWasKept() throws IOException {
    long seed = Long.getLong("lifeboat.seed", System.nanoTime());
    System.out.println("KeptFramesTest: -Dlifeboat.seed=" + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 12; round++) {
      try (CacheVolume volume = volume(random.nextInt(3) * 2L * MOST)) {
        followTheWriter(volume, random, round);
        assertThat(volume.kept().used()).describedAs("round %d", round).isZero();
      }
    }
  }

  /** Appends and reads by turns; gives files free as an uploader does, so that they are renewed. */
  private static void followTheWriter(CacheVolume volume, Random random, int round)
      throws IOException {
    List<byte[]> written = new ArrayList<>();
    int read = 0;
    try (MachineCache cache = MachineCache.empty(volume, MACHINE, round + 1);
        CacheReader reader = cache.reader(Optional.empty())) {
      for (int step = 0; step < 60; step++) {
        List<CacheEntry> batch = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
          batch.add(entry(written.size() + 1L, random));
          written.add(batch.getLast().frame().encode());
        }
        cache.append(batch);
        for (int i = random.nextInt(6); i > 0 && read < written.size(); i--) {
          CachedFrame next = reader.next().orElseThrow();
          assertThat(next.frame().encode()).isEqualTo(written.get(read++));
          if (random.nextInt(5) == 0) {
            cache.release(next.place());
          }
        }
      }
      while (read < written.size()) {
        assertThat(reader.next().orElseThrow().frame().encode()).isEqualTo(written.get(read++));
      }
      assertThat(reader.next()).isEmpty();
    }
  }
}
