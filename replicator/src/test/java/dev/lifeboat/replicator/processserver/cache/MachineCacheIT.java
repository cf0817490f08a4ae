package dev.lifeboat.replicator.processserver.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cache on a volume that runs out of space, a real one of 12 MiB; needs root. */
final class MachineCacheIT {
  private static final UUID MACHINE = new UUID(1, 1);
  private static final int FRAME = 256 << 10;

  @TempDir private Path folder;
  private Path small;
  private CacheVolume volume;
  private long sequence;

  @BeforeEach
  void mount() throws Exception {
    small = Files.createDirectories(folder.resolve("small"));
    run("mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", small.toString());
    volume = CacheVolume.open(small.resolve("cache"), folder.resolve("volume.key"), 0);
  }

  @AfterEach
  void unmount() throws Exception {
    volume.close();
    run("umount", small.toString());
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor()).as(List.of(command).toString()).isZero();
  }

  private List<CacheEntry> entries(int mebibytes) {
    List<CacheEntry> entries = new ArrayList<>();
    try (Compressor compressor = new Compressor()) {
      for (int i = 0; i < mebibytes * (1 << 20) / FRAME; i++) {
        sequence++;
        FrameBuilder builder =
            FrameBuilder.data(new Origin(MACHINE, new UUID(2, 2)), sequence * 10, Chain.START);
        builder.beginWrite(1, 0, FRAME, sequence * 10 + 5);
        builder.payload(new byte[FRAME], 0, FRAME);
        Frame frame = builder.build(Codec.NONE, compressor, 0).withSequence(sequence);
        entries.add(new CacheEntry(1000, frame));
      }
    }
    return entries;
  }

  private static CachePlace readAll(CacheReader reader, int frames) throws IOException {
    Optional<CachedFrame> last = Optional.empty();
    for (int i = 0; i < frames; i++) {
      last = reader.next();
    }
    assertThat(reader.next()).isEmpty();
    return last.orElseThrow().place();
  }

  /**
   * Nothing that waits can be written before room is made, so nothing is uploaded either: the room
   * of what is in the vault already must come back without another upload.
   */
  @Test
  void givesRoomBack_whenAllIsInTheVaultAndTheNextDoesNotFit() throws IOException {
    try (MachineCache cache = MachineCache.empty(volume, MACHINE, 3);
        CacheReader reader = cache.reader(Optional.empty())) {
      List<CacheEntry> first = entries(3);
      cache.append(first);
      cache.release(readAll(reader, first.size()));
      List<CacheEntry> next = entries(10);
      assertThatThrownBy(() -> cache.append(next)).hasMessageContaining("No space left");
      cache.append(next);
      readAll(reader, next.size());
    }
  }

  @Test
  void leavesNoHalfAKeyBehind_whenTheDiskIsFull() throws IOException {
    Path key = small.resolve("other.key");
    Path filler = small.resolve("filler");
    assertThatThrownBy(() -> Files.write(filler, new byte[13 << 20])).hasMessageContaining("space");
    assertThatThrownBy(() -> VolumeKey.loadOrCreate(key)).hasMessageContaining("space");
    Files.delete(filler);
    VolumeKey made = VolumeKey.loadOrCreate(key);
    byte[] salt = new byte[CacheHeader.SALT_BYTES];
    assertThat(VolumeKey.loadOrCreate(key).fileKey(salt)).isEqualTo(made.fileKey(salt));
    try (var left = Files.newDirectoryStream(small, "other.key*")) {
      assertThat(left).containsExactly(key);
    }
  }

  @Test
  void givesRoomBack_whenAllIsInTheVaultAndTheFileIsNotGoneOnWith() throws IOException {
    try (MachineCache cache = MachineCache.empty(volume, MACHINE, 3);
        CacheReader reader = cache.reader(Optional.empty())) {
      List<CacheEntry> first = entries(8);
      cache.append(first);
      cache.release(readAll(reader, first.size()));
      List<CacheEntry> next = entries(10);
      cache.append(next);
      readAll(reader, next.size());
    }
  }
}
