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
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MachineCacheTest {
  private static final UUID MACHINE = new UUID(1, 1);
  private static final UUID LINEAGE = new UUID(2, 2);
  private static final String NEEDLE = "the needle in the haystack";

  @TempDir private Path folder;
  private CacheVolume volume;
  private final Random random = new Random(11);

  @BeforeEach
  void open() throws IOException {
    volume = CacheVolume.open(folder.resolve("cache"), folder.resolve("volume.key"), 0);
  }

  @AfterEach
  void close() throws IOException {
    volume.close();
  }

  private static Frame frame(long sequence, byte[] payload) {
    FrameBuilder builder =
        FrameBuilder.data(new Origin(MACHINE, LINEAGE), sequence * 10, Chain.START);
    builder.beginWrite(1, 0, payload.length, sequence * 10 + 5);
    builder.payload(payload, 0, payload.length);
    try (Compressor compressor = new Compressor()) {
      return builder.build(Codec.NONE, compressor, 0).withSequence(sequence);
    }
  }

  private CacheEntry entry(long sequence) {
    byte[] payload = new byte[1 + random.nextInt(300_000)];
    random.nextBytes(payload);
    byte[] needle = NEEDLE.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(needle, 0, payload, 0, Math.min(needle.length, payload.length));
    return new CacheEntry(1000 + sequence, frame(sequence, payload));
  }

  private List<Long> recovered() throws IOException {
    List<Long> sequences = new ArrayList<>();
    MachineCache.recover(
            volume, MACHINE, 3, cached -> sequences.add(cached.frame().header().sequence()))
        .close();
    return sequences;
  }

  private List<Path> files() throws IOException {
    try (var entries = Files.list(folder.resolve("cache").resolve(MACHINE.toString()))) {
      return entries.sorted().toList();
    }
  }

  @Test
  void givesBackWhatWasAppended_whileItIsWritten_andAfterwards() throws IOException {
    List<CacheEntry> entries = List.of(entry(1), entry(2), entry(3), entry(4));
    try (MachineCache cache = MachineCache.empty(volume, MACHINE, 3);
        CacheReader reader = cache.reader(Optional.empty())) {
      assertThat(reader.next()).isEmpty();
      cache.append(entries.subList(0, 2));
      for (CacheEntry entry : entries.subList(0, 2)) {
        CachedFrame read = reader.next().orElseThrow();
        assertThat(read.frame().encode()).isEqualTo(entry.frame().encode());
        assertThat(read.unixMillis()).isEqualTo(entry.unixMillis());
      }
      assertThat(reader.next()).isEmpty();
      cache.append(entries.subList(2, 4));
      assertThat(reader.next()).isPresent();
    }
    assertThat(recovered()).containsExactly(1L, 2L, 3L, 4L);
  }

  @Test
  void holdsNoPlaintext() throws IOException {
    try (MachineCache cache = MachineCache.empty(volume, MACHINE, 3)) {
      cache.append(List.of(entry(1), entry(2)));
    }
    for (Path file : files()) {
      assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
          .doesNotContain(NEEDLE);
    }
  }

  @Test
  void endsAtTheTear_whereverAFileIsCut() throws IOException {
    try (MachineCache cache = MachineCache.empty(volume, MACHINE, 3)) {
      cache.append(List.of(entry(1), entry(2), entry(3)));
    }
    Path file = files().getFirst();
    byte[] whole = Files.readAllBytes(file);
    List<Long> before = List.of(1L, 2L, 3L);
    for (int i = 0; i < 40; i++) {
      int cut = random.nextInt(whole.length);
      Files.write(file, Arrays.copyOf(whole, cut));
      List<Long> left = recovered();
      assertThat(left).isEqualTo(before.subList(0, left.size()));
      assertThat(left).hasSizeLessThan(3);
    }
  }

  @Test
  void endsAtTheFirstAlteredRecord() throws IOException {
    try (MachineCache cache = MachineCache.empty(volume, MACHINE, 3)) {
      cache.append(List.of(entry(1), entry(2), entry(3)));
    }
    Path file = files().getFirst();
    byte[] whole = Files.readAllBytes(file);
    for (int i = 0; i < 40; i++) {
      byte[] altered = whole.clone();
      altered[random.nextInt(whole.length)] ^= (byte) (1 + random.nextInt(255));
      Files.write(file, altered);
      assertThat(recovered()).hasSizeLessThan(3);
    }
  }

  @Test
  void believesTheSuccessor_whereAFailedFileHoldsMore() throws IOException {
    try (MachineCache cache = MachineCache.empty(volume, MACHINE, 3)) {
      cache.append(List.of(entry(1), entry(2), entry(3)));
    }
    // The second start: 2 and 3 were written, but never acknowledged, and come again.
    try (MachineCache cache = MachineCache.recover(volume, MACHINE, 3, any -> {})) {
      cache.append(List.of(new CacheEntry(1, frame(2, new byte[] {42}))));
    }
    List<byte[]> seconds = new ArrayList<>();
    MachineCache.recover(
            volume,
            MACHINE,
            3,
            cached -> {
              if (cached.frame().header().sequence() == 2) {
                seconds.add(cached.frame().body());
              }
            })
        .close();
    assertThat(seconds).hasSize(1);
    assertThat(seconds.getFirst()).hasSize(25);
    assertThat(recovered()).containsExactly(1L, 2L);
  }

  @Test
  void dropsWhatBelongsToAnotherEpoch() throws IOException {
    try (MachineCache cache = MachineCache.empty(volume, MACHINE, 2)) {
      cache.append(List.of(entry(1)));
    }
    assertThat(recovered()).isEmpty();
    assertThat(files()).isEmpty();
  }

  @Test
  void deletesFiles_whenAllWithinIsReleased() throws IOException {
    try (MachineCache cache = MachineCache.empty(volume, MACHINE, 3)) {
      cache.append(List.of(entry(1)));
    }
    try (MachineCache cache = MachineCache.recover(volume, MACHINE, 3, any -> {});
        CacheReader reader = cache.reader(Optional.empty())) {
      cache.append(List.of(entry(2)));
      CachedFrame first = reader.next().orElseThrow();
      cache.release(first.place());
      assertThat(files()).hasSize(1);
      CachedFrame second = reader.next().orElseThrow();
      assertThat(second.frame().header().sequence()).isEqualTo(2);
    }
    assertThat(recovered()).containsExactly(2L);
  }

  /** Two files: 1 in the first, 2 in the second. */
  private MachineCache ofTwoFiles() throws IOException {
    try (MachineCache cache = MachineCache.empty(volume, MACHINE, 3)) {
      cache.append(List.of(entry(1)));
    }
    MachineCache cache = MachineCache.recover(volume, MACHINE, 3, any -> {});
    cache.append(List.of(entry(2)));
    return cache;
  }

  private static void turnIntoDirectory(Path file) throws IOException {
    Files.move(file, file.resolveSibling("aside"));
    Files.createFile(Files.createDirectory(file).resolve("occupied"));
  }

  private static void turnBack(Path file) throws IOException {
    Files.delete(file.resolve("occupied"));
    Files.delete(file);
    Files.move(file.resolveSibling("aside"), file);
  }

  @Test
  void readsOnWhereItStood_whenAFileCouldNotBeReadJustThen() throws IOException {
    try (MachineCache cache = ofTwoFiles();
        CacheReader reader = cache.reader(Optional.empty())) {
      assertThat(reader.next().orElseThrow().frame().header().sequence()).isEqualTo(1);
      Path second = files().getLast();
      turnIntoDirectory(second);
      assertThatThrownBy(reader::next)
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(CacheFormatException.class);
      turnBack(second);
      assertThat(reader.next().orElseThrow().frame().header().sequence()).isEqualTo(2);
    }
  }

  @Test
  void callsItDamage_whenAFileIsGone() throws IOException {
    try (MachineCache cache = ofTwoFiles();
        CacheReader reader = cache.reader(Optional.empty())) {
      Files.delete(files().getFirst());
      assertThatThrownBy(reader::next).isInstanceOf(CacheFormatException.class);
    }
  }

  @Test
  void deletesLater_whatCouldNotBeDeletedJustThen() throws IOException {
    try (MachineCache cache = ofTwoFiles();
        CacheReader reader = cache.reader(Optional.empty())) {
      CachePlace first = reader.next().orElseThrow().place();
      Path released = files().getFirst();
      turnIntoDirectory(released);
      assertThatThrownBy(() -> cache.release(first)).isInstanceOf(IOException.class);
      cache.append(List.of(entry(3)));
      turnBack(released);
      cache.release(first);
      assertThat(released).doesNotExist();
    }
  }

  @Test
  void keepsASecondServerOut() {
    assertThatThrownBy(
            () -> CacheVolume.open(folder.resolve("cache"), folder.resolve("volume.key"), 0))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("another process server");
  }

  @Test
  void keepsItsOwnerId_andIsANewOneWhenEmptied() throws IOException {
    UUID owner = volume.owner();
    volume.close();
    volume = CacheVolume.open(folder.resolve("cache"), folder.resolve("volume.key"), 0);
    assertThat(volume.owner()).isEqualTo(owner);
    volume.close();
    Files.delete(folder.resolve("cache/owner"));
    volume = CacheVolume.open(folder.resolve("cache"), folder.resolve("volume.key"), 0);
    assertThat(volume.owner()).isNotEqualTo(owner);
  }

  @Test
  void refusesAKeyBesideTheCache_andOneThatOthersRead() throws IOException {
    assertThatThrownBy(
            () -> CacheVolume.open(folder.resolve("c2"), folder.resolve("c2/volume.key"), 0))
        .hasMessageContaining("must not lie in the cache directory");
    Path key = folder.resolve("open.key");
    Files.copy(folder.resolve("volume.key"), key);
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve("volume.key"))))
        .isEqualTo("rw-------");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> VolumeKey.loadOrCreate(key)).hasMessageContaining("chmod 640");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
    Files.writeString(key, "short", StandardOpenOption.TRUNCATE_EXISTING);
    assertThatThrownBy(() -> VolumeKey.loadOrCreate(key)).hasMessageContaining("32 bytes");
  }

  /**
   * The golden file was made from docs/formats.md by another program; the frame in it is the golden
   * one of wire.
   */
  @Test
  void readsTheGoldenFile() throws IOException {
    byte[] golden = hex("/golden/cache-file.hex");
    byte[] frame = hex("/golden/frame-data.hex");
    Path file = folder.resolve("golden.cache");
    Files.write(file, golden);
    try (CacheFileReader reader = CacheFileReader.open(file, 1, VolumeKey.of(new byte[32]))) {
      assertThat(reader.header().epoch()).isEqualTo(9);
      for (int i = 0; i < 2; i++) {
        CachedFrame cached = reader.next(golden.length).orElseThrow();
        assertThat(cached.unixMillis()).isEqualTo(1234567890123L + i);
        assertThat(cached.frame().encode()).isEqualTo(frame);
      }
      assertThat(reader.next(golden.length)).isEmpty();
    }
  }

  private static byte[] hex(String resource) throws IOException {
    try (InputStream in = MachineCacheTest.class.getResourceAsStream(resource)) {
      String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
    }
  }
}
