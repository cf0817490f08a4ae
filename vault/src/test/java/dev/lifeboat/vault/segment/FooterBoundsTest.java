package dev.lifeboat.vault.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lifeboat.vault.blob.MemoryBlobStore;
import dev.lifeboat.vault.key.DataKey;
import dev.lifeboat.wire.frame.Chain;
import dev.lifeboat.wire.frame.MarkBody;
import dev.lifeboat.wire.frame.RecordKind;
import dev.lifeboat.wire.frame.Span;
import dev.lifeboat.wire.frame.StateBody;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What no reader takes is not written either: it would be acknowledged, and lost. */
class FooterBoundsTest {

  private static final UUID MACHINE = new UUID(1, 1);
  private static final SegmentMark MARK = mark(1);
  private static final SegmentState STATE =
      new SegmentState(1, new StateBody(true, "", 0, List.of()));
  private static final SegmentGap GAP =
      new SegmentGap(1, new Span(1, 2, new Chain(1, 2)), "reason");

  private final SegmentIndex log = new SegmentIndex();
  private final SegmentIndex base = new SegmentIndex();

  private static SegmentMark mark(long position) {
    MarkBody body = new MarkBody(new UUID(1, 1), 1, 0, true, "", List.of());
    return new SegmentMark(1, position, 0, Instant.EPOCH, body);
  }

  private Footer footer(
      List<ChunkPlace> chunks,
      List<SegmentMark> marks,
      List<SegmentState> states,
      List<SegmentGap> gaps) {
    return new Footer(chunks, log, base, Chain.START, Chain.START, marks, states, gaps);
  }

  private Footer footer(ChunkPlace... chunks) {
    return footer(List.of(chunks), List.of(), List.of(), List.of());
  }

  private Footer events(int marks, int states, int gaps) {
    return footer(
        List.of(),
        Collections.nCopies(marks, MARK),
        Collections.nCopies(states, STATE),
        Collections.nCopies(gaps, GAP));
  }

  private static void takes(Footer footer) throws Exception {
    byte[] bytes = FooterCodec.encode(footer);
    Footer read = FooterCodec.decode(bytes, bytes.length);
    assertThat(read.log().size()).isEqualTo(footer.log().size());
    assertThat(read.gaps()).isEqualTo(footer.gaps());
  }

  private static void refuses(Footer footer, String why) {
    assertThatThrownBy(() -> FooterCodec.encode(footer))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(why);
  }

  private static void fill(SegmentIndex index, int count) {
    for (int i = 0; i < count; i++) {
      index.add(RecordKind.UNMAP.id(), 0, 512L * i, 512, i);
    }
  }

  @Test
  void takesAsManyEntriesAsAReader_andNotOneMore() throws Exception {
    fill(log, FooterCodec.MAX_ENTRIES - 5);
    fill(base, 5);
    takes(footer());
    fill(base, 1);
    refuses(footer(), "too many entries: 1048577");
  }

  @Test
  void takesAsManyEventsAsAReader_andNotOneMore() throws Exception {
    int most = FooterCodec.MAX_EVENTS;
    takes(events(most, most, most));
    refuses(events(most + 1, 0, 0), "too many events: 16385");
    refuses(events(0, most + 1, 0), "too many events: 16385");
    refuses(events(0, 0, most + 1), "too many events: 16385");
  }

  @Test
  void refusesMoreChunksThanAReader() throws Exception {
    int sealed = SliceCipher.sealedLength(100);
    List<ChunkPlace> chunks =
        IntStream.rangeClosed(0, FooterCodec.MAX_CHUNKS)
            .mapToObj(
                i -> new ChunkPlace(SegmentHeader.BYTES + (long) i * sealed, sealed, 100, false))
            .toList();
    takes(footer(chunks.subList(0, FooterCodec.MAX_CHUNKS), List.of(), List.of(), List.of()));
    refuses(footer(chunks, List.of(), List.of(), List.of()), "too many chunks: 4097");
  }

  @Test
  void refusesMoreBytesThanAReader() {
    String text = "x".repeat(1024);
    StateBody.Disk disk = new StateBody.Disk(1, false, 512, 512, text, text);
    StateBody large = new StateBody(true, "", 0, Collections.nCopies(1024, disk));
    List<SegmentState> states = Collections.nCopies(32, new SegmentState(1, large));
    refuses(footer(List.of(), List.of(), states, List.of()), "too many bytes");
  }

  @Test
  void refusesChunksThatCannotBe() {
    int sealed = SliceCipher.sealedLength(100);
    long start = SegmentHeader.BYTES;
    refuses(footer(new ChunkPlace(start + 1, sealed, 100, false)), "is impossible");
    refuses(footer(new ChunkPlace(start, sealed, 101, false)), "is impossible");
    refuses(footer(new ChunkPlace(start, sealed, 100, true)), "is impossible");
    refuses(footer(new ChunkPlace(start, sealed, ChunkPlace.MAX_RAW + 1, true)), "is impossible");
    refuses(footer(new ChunkPlace(start, SliceCipher.TAG, 100, true)), "is impossible");
  }

  @Test
  void refusesEntriesThatCannotBe() {
    int entry = base.add(RecordKind.WRITE.id(), 0, 0, 512, 0);
    refuses(footer(), "entry 0 is impossible");
    base.place(entry, -1, 0);
    refuses(footer(), "entry 0 is impossible");
    fill(log, 2);
    log.add(RecordKind.ZERO.id(), 0, 0, 512, 0);
    refuses(footer(), "entry 2 is out of order");
  }

  @Test
  void refusesAMarkThatCannotBe() {
    refuses(footer(List.of(), List.of(mark(-1)), List.of(), List.of()), "out of range");
  }

  @Test
  void aLoadIsNeverLessThanWhatTheFooterGets() throws Exception {
    MemoryBlobStore store = new MemoryBlobStore();
    DataKey key = DataKey.generate();
    LogWriter writer = new LogWriter(new SegmentLog(store, MACHINE), key, 1, new UUID(2, 2));
    FooterLoad said = FooterLoad.of(writer.state(LogWriter.disk(0, 1L << 40)).lastHeader());
    for (int i = 0; i < 3; i++) {
      said = said.plus(FooterLoad.of(writer.write(0, 0, new byte[(5 << 20) + 512]).lastHeader()));
      said = said.plus(FooterLoad.of(writer.unmap(0, 1L << 33, (10L << 30) + 512).lastHeader()));
      said = said.plus(FooterLoad.of(writer.base(0, 0, new byte[3 << 20], 1).lastHeader()));
      said = said.plus(FooterLoad.of(writer.mark(Instant.EPOCH, 0).lastHeader()));
      said = said.plus(FooterLoad.of(writer.gap(10, new Chain(i, i)).lastHeader()));
    }
    SealedSegment sealed = writer.builder().finish();
    store.create(sealed.header().id().blobName(), sealed.content());
    Footer footer = SegmentReader.open(store, sealed.header().id(), sealed.size(), key).footer();
    int entries = footer.log().size() + footer.base().size();
    int raw = ByteBuffer.wrap(FooterCodec.encode(footer)).order(ByteOrder.LITTLE_ENDIAN).getInt();
    int others =
        4 + footer.chunks().size() * ChunkPlace.BYTES + 8 + entries * FooterCodec.ENTRY_BYTES;
    int chainsAndCounts = 2 * 16 + 3 * 4;
    assertThat(said.entries()).isGreaterThanOrEqualTo(entries);
    assertThat(said.events()).isEqualTo(1 + 3 + 3);
    assertThat(said.eventBytes()).isGreaterThanOrEqualTo(raw - others - chainsAndCounts);
    assertThat(writer.builder().load().entries()).isEqualTo(entries);
    assertThat(said.fits()).isTrue();
  }
}
