package dev.lifeboat.vault.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lifeboat.vault.blob.MemoryBlobStore;
import dev.lifeboat.vault.key.DataKey;
import dev.lifeboat.wire.frame.Codec;
import java.time.Instant;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SegmentRoundTripTest {

  private static final UUID MACHINE = new UUID(1, 2);
  private static final UUID LINEAGE = new UUID(3, 4);
  private static final Instant TIME = Instant.ofEpochMilli(1_790_000_000_000L);

  private final MemoryBlobStore store = new MemoryBlobStore();
  private final SegmentLog log = new SegmentLog(store, MACHINE);
  private final DataKey key = DataKey.generate();
  private final SegmentId first = new SegmentId(MACHINE, 1, 1);

  private SegmentReader open(SegmentId id) throws Exception {
    return SegmentReader.open(store, id, store.content(id.blobName()).length, key);
  }

  private byte[] content(SegmentReader reader, SegmentIndex index, int entry) throws Exception {
    try (var work = new SegmentReader.Workspace()) {
      BitSet chunk = new BitSet();
      chunk.set(index.chunk(entry));
      reader.read(chunk, work, _ -> {});
      return Arrays.copyOfRange(
          work.raw(), index.place(entry), index.place(entry) + index.length(entry));
    }
  }

  private static byte[] bytes(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @Test
  void givesBackWhatWasPut() throws Exception {
    LogWriter writer = new LogWriter(log, key, 1, LINEAGE);
    writer.state(LogWriter.disk(0, 1 << 20));
    writer.write(0, 4096, bytes(4096, 1)).zero(0, 0, 512).mark(TIME, 0);
    writer.base(0, 8192, new byte[3000], 1);
    assertThat(writer.cut()).isEqualTo(new SegmentLog.Put.Stored());

    SegmentReader reader = open(first);
    Footer footer = reader.footer();
    assertThat(footer.log().size()).isEqualTo(2);
    assertThat(content(reader, footer.log(), 0)).isEqualTo(bytes(4096, 1));
    assertThat(content(reader, footer.base(), 0)).isEqualTo(new byte[3000]);
    assertThat(footer.marks()).singleElement().extracting(SegmentMark::time).isEqualTo(TIME);
    assertThat(footer.marks().getFirst().body().consistent()).isTrue();
    assertThat(footer.states().getFirst().body().disks()).hasSize(1);
    assertThat(reader.tip()).isEqualTo(writer.builder().tip());
    assertThat(reader.header().firstSequence()).isEqualTo(1);
    assertThat(reader.header().lastSequence()).isEqualTo(5);
  }

  @Test
  void splitsAWriteThatIsLargerThanAChunk() throws Exception {
    byte[] large = bytes((5 << 20) + 512, 2);
    LogWriter writer = new LogWriter(log, key, 1, LINEAGE);
    writer.state(LogWriter.disk(0, 16 << 20)).write(0, 1 << 20, large);
    writer.cut();

    SegmentReader reader = open(first);
    byte[] all = new byte[large.length];
    SegmentIndex index = reader.footer().log();
    for (int i = 0; i < index.size(); i++) {
      byte[] piece = content(reader, index, i);
      System.arraycopy(piece, 0, all, (int) index.offset(i) - (1 << 20), piece.length);
    }
    assertThat(all).isEqualTo(large);
  }

  /** What shrinks to less than half. */
  private static byte[] text(int length, long seed) {
    byte[] bytes = new byte[length];
    Random random = new Random(seed);
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) "abcdefgh".charAt(random.nextInt(8));
    }
    return bytes;
  }

  @Test
  void handsABodyOnAsItCame_whereItIsZstd_andTheSameBytesComeBack() throws Exception {
    LogWriter writer = new LogWriter(log, key, 1, LINEAGE).codec(Codec.ZSTD);
    writer.state(LogWriter.disk(0, 16 << 20)).write(0, 8 << 20, bytes(4096, 5));
    writer.writes(0, 0, text(200_000, 6), 4096);
    writer.write(0, 9 << 20, bytes(4096, 7));
    writer.base(0, 1 << 20, text(300_000, 8), 1);
    writer.write(0, 8 << 20, bytes(4096, 9));
    writer.cut();

    SegmentReader reader = open(first);
    Footer footer = reader.footer();
    // The two that came compressed, and one of all that waited between them.
    assertThat(footer.chunks()).hasSize(3);
    assertThat(footer.chunks().get(0).rawLength()).isEqualTo(200_000 + 49 * 24);
    assertThat(footer.chunks().get(1).rawLength()).isEqualTo(300_000 + 24);
    assertThat(footer.chunks()).extracting(ChunkPlace::compressed).startsWith(true, true);
    assertThat(content(reader, footer.base(), 0)).isEqualTo(text(300_000, 8));
    SegmentIndex index = footer.log();
    assertThat(index.size()).isEqualTo(51);
    byte[] pieces = text(200_000, 6);
    for (int i = 0; i < 49; i++) {
      assertThat(content(reader, index, i))
          .isEqualTo(Arrays.copyOfRange(pieces, i * 4096, Math.min(200_000, (i + 1) * 4096)));
    }
    assertThat(content(reader, index, 49)).isEqualTo(bytes(4096, 7));
    assertThat(content(reader, index, 50)).isEqualTo(bytes(4096, 9));
  }

  @Test
  void dropsWhatIsOverwrittenBeforeTheNextMarkOnly() throws Exception {
    LogWriter writer = new LogWriter(log, key, 1, LINEAGE);
    writer.state(LogWriter.disk(0, 1 << 20));
    writer.write(0, 0, bytes(4096, 1)).write(0, 512, bytes(512, 2)).write(0, 0, bytes(4096, 3));
    assertThat(writer.builder().coalescedBytes()).isEqualTo(4096);
    writer.mark(TIME, 0).write(0, 0, bytes(4096, 4));
    assertThat(writer.builder().coalescedBytes()).isEqualTo(4096);
    writer.cut();

    SegmentReader reader = open(first);
    SegmentIndex index = reader.footer().log();
    assertThat(index.size()).isEqualTo(3);
    assertThat(index.position(0)).isEqualTo(2);
    assertThat(content(reader, index, 0)).isEqualTo(bytes(512, 2));
    assertThat(content(reader, index, 1)).isEqualTo(bytes(4096, 3));
    assertThat(content(reader, index, 2)).isEqualTo(bytes(4096, 4));
  }

  @Test
  void isFencedByAnotherBlobAndKnowsItsOwn() throws Exception {
    LogWriter writer = new LogWriter(log, key, 1, LINEAGE);
    SealedSegment segment = writer.state().finish();
    assertThat(log.put(segment)).isEqualTo(new SegmentLog.Put.Stored());
    assertThat(log.put(segment)).isEqualTo(new SegmentLog.Put.Stored());
    SealedSegment next = writer.state().finish();
    log.putTombstone(next.header().id());
    assertThat(log.put(next))
        .isInstanceOfSatisfying(
            SegmentLog.Put.Fenced.class, f -> assertThat(f.found().isTombstone()).isTrue());
  }

  @Test
  void refusesAFrameThatDoesNotFollow() throws Exception {
    LogWriter writer = new LogWriter(log, key, 1, LINEAGE);
    writer.state().write(0, 0, new byte[512]);
    Tip tip = writer.builder().tip();
    LogWriter other =
        new LogWriter(
            log, key, first, new Tip(LINEAGE, tip.sequence(), tip.position() + 1, tip.chain()));
    assertThatThrownBy(
            () -> {
              other.write(0, 0, new byte[512]);
              writer.builder().add(writer.lastHeader(), new byte[0], TIME);
            })
        .isInstanceOf(IllegalArgumentException.class);
  }
}
