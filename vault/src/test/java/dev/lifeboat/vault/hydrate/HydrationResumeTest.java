package dev.lifeboat.vault.hydrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lifeboat.vault.blob.MemoryBlobStore;
import dev.lifeboat.vault.key.DataKey;
import dev.lifeboat.vault.segment.LogWriter;
import dev.lifeboat.vault.segment.SegmentLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HydrationResumeTest {

  private static final int SIZE = 8 << 20;

  @TempDir private Path folder;

  private final MemoryBlobStore store = new MemoryBlobStore();
  private final SegmentLog log = new SegmentLog(store, new UUID(1, 1));
  private final DataKey key = DataKey.generate();
  private final byte[] image = new byte[SIZE];
  private final AtomicLong seconds = new AtomicLong();

  /** A clock on which each look costs ten seconds, so that every chunk's progress is saved. */
  private final Clock clock =
      new Clock() {
        @Override
        public ZoneOffset getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
          return this;
        }

        @Override
        public Instant instant() {
          return Instant.ofEpochSecond(seconds.addAndGet(10));
        }
      };

  private Hydration hydration(long windowMemory) throws Exception {
    HydrationSource source = HydrationSource.open(log, key);
    return new Hydration(
        source, source.view().latest().orElseThrow(), 0, new Hydration.Settings(windowMemory, 2));
  }

  private void fill() throws Exception {
    LogWriter writer = new LogWriter(log, key, 1, new UUID(2, 2));
    writer.state(LogWriter.disk(0, SIZE));
    Random random = new Random(3);
    for (int i = 0; i < 6; i++) {
      for (int j = 0; j < 12; j++) {
        byte[] content = new byte[128 << 10];
        random.nextBytes(content);
        int offset = random.nextInt((SIZE - content.length) / 512) * 512;
        writer.write(0, offset, content);
        System.arraycopy(content, 0, image, offset, content.length);
      }
      writer.mark(Instant.EPOCH, 0);
      writer.cut();
    }
  }

  @Test
  void goesOnWhereItWasBrokenOff_andReadsNothingTwice() throws Exception {
    fill();
    Path file = folder.resolve("disk");
    Path state = folder.resolve("disk.progress");
    AtomicInteger reads = new AtomicInteger();
    Hydration first = hydration(64 << 10);
    store.faults(failing(reads, 3));
    try (FileTarget target = FileTarget.raw(file, SIZE, FileTarget.Existing.REFUSE)) {
      HydrationProgress progress = HydrationProgress.fresh(state, first.identity(), clock, _ -> {});
      assertThatThrownBy(() -> first.run(target, progress)).hasMessageContaining("cut");
    }
    store.faults(failing(reads, Integer.MAX_VALUE));
    int before = reads.get();
    Hydration second = hydration(64 << 10);
    int opened = reads.get() - before;
    try (FileTarget target = FileTarget.raw(file, SIZE, FileTarget.Existing.RESUME)) {
      HydrationProgress progress =
          HydrationProgress.resumed(state, second.identity(), clock, _ -> {});
      second.run(target, progress);
      target.finish();
      progress.complete();
    }
    assertThat(Files.readAllBytes(file)).isEqualTo(image);
    assertThat(Files.exists(state)).isFalse();
    int resumed = reads.get() - before - opened;

    reads.set(0);
    Hydration whole = hydration(64 << 10);
    opened = reads.get();
    Path again = folder.resolve("again");
    try (FileTarget target = FileTarget.raw(again, SIZE, FileTarget.Existing.REFUSE)) {
      whole.run(target, HydrationProgress.fresh(state, whole.identity(), clock, _ -> {}));
    }
    assertThat(resumed).isLessThan(reads.get() - opened);
  }

  private static MemoryBlobStore.Faults failing(AtomicInteger reads, int most) {
    return new MemoryBlobStore.Faults() {
      @Override
      public void before(String call, String name) throws IOException {
        if (call.equals("read") && reads.incrementAndGet() > most) {
          throw new IOException("cut");
        }
      }
    };
  }

  @Test
  void isNeverResumedAsAnother() throws Exception {
    fill();
    Path state = folder.resolve("disk.progress");
    HydrationProgress.fresh(state, hydration(64 << 10).identity(), clock, _ -> {});
    String other = hydration(128 << 10).identity();
    assertThatThrownBy(() -> HydrationProgress.resumed(state, other, clock, _ -> {}))
        .isInstanceOf(TargetException.class)
        .hasMessageContaining("another hydration");
    Files.writeString(state, "{");
    assertThatThrownBy(() -> HydrationProgress.resumed(state, other, clock, _ -> {}))
        .hasMessageContaining("no progress to resume");
  }

  @Test
  void leavesHolesAndFillsThemOnATargetThatIsNotEmpty() throws Exception {
    LogWriter writer = new LogWriter(log, key, 1, new UUID(2, 2));
    writer.state(LogWriter.disk(0, SIZE));
    writer.write(0, 1 << 20, new byte[4096]).zero(0, 0, SIZE / 2);
    writer.write(0, 6 << 20, new byte[4096]).mark(Instant.EPOCH, 0);
    writer.cut();
    Path file = folder.resolve("sparse");
    Hydration hydration = hydration(512 << 20);
    try (FileTarget target = FileTarget.raw(file, SIZE, FileTarget.Existing.REFUSE)) {
      hydration.run(target, progress(hydration));
      target.finish();
    }
    Process du = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
    long blocks =
        Long.parseLong(
            new String(
                    du.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.US_ASCII)
                .strip());
    assertThat(blocks * 512).isLessThan(64 << 10);

    AtomicLong zeroed = new AtomicLong();
    hydration.run(new Counting(zeroed), progress(hydration));
    assertThat(zeroed.get()).isEqualTo(SIZE - 4096);
  }

  private HydrationProgress progress(Hydration hydration) throws IOException {
    return HydrationProgress.fresh(
        folder.resolve("p"), hydration.identity(), Clock.systemUTC(), _ -> {});
  }

  private record Counting(AtomicLong zeroed) implements DiskTarget {
    @Override
    public boolean startsEmpty() {
      return false;
    }

    @Override
    public void write(long offset, byte[] from, int at, int length) {}

    @Override
    public void zero(long offset, long length) {
      zeroed.addAndGet(length);
    }

    @Override
    public void sync() {}

    @Override
    public void finish() {}

    @Override
    public void close() {}
  }
}
