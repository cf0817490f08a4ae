package dev.lifeboat.vault.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lifeboat.vault.blob.MemoryBlobStore;
import dev.lifeboat.vault.key.DataKey;
import dev.lifeboat.vault.key.FixedKeys;
import dev.lifeboat.wire.Golden;
import dev.lifeboat.wire.frame.Chain;
import dev.lifeboat.wire.frame.Codec;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The bytes of docs/formats.md §6: what was written once is read for ever. */
class SegmentGoldenTest {

  static final SegmentId ID = new SegmentId(new UUID(0x1111, 0x2222), 3, 4);
  private static final UUID LINEAGE = new UUID(0x3333, 0x4444);
  private static final Instant TIME = Instant.ofEpochMilli(1_790_000_000_000L);
  private static final DataKey KEY = FixedKeys.dataKey();

  private static SegmentHeader header(SegmentHeader.Type type) {
    byte[] salt = new byte[32];
    for (int i = 0; i < salt.length; i++) {
      salt[i] = (byte) i;
    }
    return new SegmentHeader(
        type, ID, LINEAGE, Salt.of(salt), new UUID(0x5555, 0x6666), 7, 19, 1000, 2000);
  }

  @Test
  void headersAreAsTheyWere() throws Exception {
    byte[] segment = header(SegmentHeader.Type.SEGMENT).encode();
    Golden.check("segment-header", segment);
    assertThat(SegmentHeader.decode(segment, ID)).isEqualTo(header(SegmentHeader.Type.SEGMENT));
    byte[] tombstone = header(SegmentHeader.Type.TOMBSTONE).encode();
    Golden.check("tombstone", tombstone);
    assertThat(SegmentHeader.decode(tombstone, ID).isTombstone()).isTrue();
    Golden.check("segment-trailer", new Trailer(12345, 678).encode());
  }

  @Test
  void refusesAHeaderOfWhichOneBitIsWrong_orThatBelongsElsewhere() {
    byte[] whole = header(SegmentHeader.Type.SEGMENT).encode();
    for (int bit = 0; bit < 8 * whole.length; bit++) {
      byte[] altered = whole.clone();
      altered[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThatThrownBy(() -> SegmentHeader.decode(altered, ID))
          .isInstanceOf(DamagedBlobException.class);
    }
    assertThatThrownBy(() -> SegmentHeader.decode(whole, ID.next()))
        .hasMessageContaining("belongs to");
  }

  /** Written once by {@code -Dgolden.write=true}; the random parts make it differ each time. */
  @Test
  void aWholeSegmentIsReadAsItWasWritten() throws Exception {
    if (Boolean.getBoolean("golden.write")) {
      Golden.check("segment", write());
    }
    byte[] blob = Golden.read("segment");
    MemoryBlobStore store = new MemoryBlobStore();
    store.create(ID.blobName(), List.of(ByteBuffer.wrap(blob)));
    SegmentReader reader = SegmentReader.open(store, ID, blob.length, KEY);
    Footer footer = reader.footer();
    assertThat(footer.log().size()).isEqualTo(3);
    assertThat(footer.base().size()).isEqualTo(1);
    assertThat(footer.marks()).singleElement().extracting(SegmentMark::time).isEqualTo(TIME);
    assertThat(footer.marks().getFirst().baseEntries()).isEqualTo(1);
    assertThat(footer.gaps()).singleElement().extracting(SegmentGap::reason).isEqualTo("test");
    assertThat(footer.behind()).isEqualTo(new Chain(8, 9));
    assertThat(reader.header().lastSequence()).isEqualTo(7);
    try (var work = new SegmentReader.Workspace()) {
      reader.read(BitSet.valueOf(new long[] {1}), work, _ -> {});
      int place = footer.log().place(0);
      assertThat(new String(work.raw(), place, 5, StandardCharsets.US_ASCII)).isEqualTo("hello");
    }
  }

  /** As above: the chunk is the body of a frame, record headers and all. */
  @Test
  void aBodyThatBecameAChunkIsReadAsItWasWritten() throws Exception {
    byte[] pattern = new byte[72 << 10];
    for (int i = 0; i < pattern.length; i++) {
      pattern[i] = (byte) (i / 512);
    }
    if (Boolean.getBoolean("golden.write")) {
      LogWriter writer = writer().codec(Codec.ZSTD);
      writer.state(LogWriter.disk(0, 1 << 20)).writes(0, 4096, pattern, 24 << 10);
      Golden.check("segment-of-bodies", bytes(writer.finish()));
    }
    byte[] blob = Golden.read("segment-of-bodies");
    MemoryBlobStore store = new MemoryBlobStore();
    store.create(ID.blobName(), List.of(ByteBuffer.wrap(blob)));
    SegmentReader reader = SegmentReader.open(store, ID, blob.length, KEY);
    SegmentIndex log = reader.footer().log();
    assertThat(log.size()).isEqualTo(3);
    assertThat(reader.footer().chunks())
        .singleElement()
        .extracting(ChunkPlace::rawLength)
        .isEqualTo(pattern.length + 3 * 24);
    try (var work = new SegmentReader.Workspace()) {
      reader.read(BitSet.valueOf(new long[] {1}), work, _ -> {});
      for (int i = 0; i < 3; i++) {
        assertThat(log.place(i)).isEqualTo(i * (24 << 10) + (i + 1) * 24);
        assertThat(Arrays.copyOfRange(work.raw(), log.place(i), log.place(i) + (24 << 10)))
            .isEqualTo(Arrays.copyOfRange(pattern, i * (24 << 10), (i + 1) * (24 << 10)));
      }
    }
  }

  private static LogWriter writer() {
    SegmentLog log = new SegmentLog(new MemoryBlobStore(), ID.machine());
    return new LogWriter(log, KEY, ID, Tip.beginning(LINEAGE));
  }

  private static byte[] write() throws Exception {
    LogWriter writer = writer();
    byte[] content = Arrays.copyOf("hello".getBytes(StandardCharsets.US_ASCII), 4096);
    writer.state(LogWriter.disk(0, 1 << 20)).write(0, 4096, content).zero(0, 8192, 512);
    writer.unmap(0, 16384, 512).base(0, 0, new byte[4096], 1).mark(TIME, 0);
    writer.gap(100, new Chain(8, 9));
    return bytes(writer.finish());
  }

  private static byte[] bytes(SealedSegment segment) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (ByteBuffer piece : segment.content()) {
      byte[] bytes = new byte[piece.remaining()];
      piece.duplicate().get(bytes);
      all.writeBytes(bytes);
    }
    return all.toByteArray();
  }

  @Test
  void noticesEveryAlteredByte() throws Exception {
    byte[] blob = Golden.read("segment");
    for (int i = 0; i < blob.length; i++) {
      MemoryBlobStore store = new MemoryBlobStore();
      byte[] altered = blob.clone();
      altered[i] ^= 0x10;
      store.create(ID.blobName(), List.of(ByteBuffer.wrap(altered)));
      assertThatThrownBy(() -> readAll(store, blob.length))
          .describedAs("byte %d", i)
          .isInstanceOf(DamagedBlobException.class)
          .hasMessageContaining(ID.blobName());
    }
  }

  @Test
  void isNotReadByAnotherKey() {
    byte[] blob = Golden.read("segment");
    MemoryBlobStore store = new MemoryBlobStore();
    assertThatThrownBy(
            () -> {
              store.create(ID.blobName(), List.of(ByteBuffer.wrap(blob)));
              SegmentReader.open(store, ID, blob.length, DataKey.generate());
            })
        .hasMessageContaining("wrong tag");
  }

  private static void readAll(MemoryBlobStore store, long size) throws Exception {
    SegmentReader reader = SegmentReader.open(store, ID, size, KEY);
    try (var work = new SegmentReader.Workspace()) {
      BitSet all = new BitSet();
      all.set(0, reader.footer().chunks().size());
      reader.read(all, work, _ -> {});
    }
  }
}
