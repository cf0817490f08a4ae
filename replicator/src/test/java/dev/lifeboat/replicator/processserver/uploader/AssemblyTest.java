package dev.lifeboat.replicator.processserver.uploader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.replicator.processserver.cache.CachePlace;
import dev.lifeboat.vault.blob.MemoryBlobStore;
import dev.lifeboat.vault.head.Ownership;
import dev.lifeboat.vault.key.DataKey;
import dev.lifeboat.vault.segment.SegmentId;
import dev.lifeboat.vault.segment.SegmentLog;
import dev.lifeboat.vault.segment.SegmentReader;
import dev.lifeboat.vault.segment.Tip;
import dev.lifeboat.wire.frame.Chain;
import dev.lifeboat.wire.frame.Codec;
import dev.lifeboat.wire.frame.Compressor;
import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.FrameBuilder;
import dev.lifeboat.wire.frame.FrameKind;
import dev.lifeboat.wire.frame.MarkBody;
import dev.lifeboat.wire.frame.Origin;
import dev.lifeboat.wire.frame.RecordKind;
import dev.lifeboat.wire.frame.Span;
import dev.lifeboat.wire.frame.StateBody;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Fills segments as the uploader does while one is under way that does not arrive: they go only
 * when they must. Each is opened at once, as every reader would.
 */
final class AssemblyTest {
  private static final UUID MACHINE = new UUID(1, 1);
  private static final Origin ORIGIN = new Origin(MACHINE, new UUID(2, 2));

  private final MemoryBlobStore store = new MemoryBlobStore();
  private final SegmentLog log = new SegmentLog(store, MACHINE);
  private final DataKey key = DataKey.generate();
  private final UploadBudget budget = new UploadBudget(UploadBudget.LEAST_BYTES);
  private final Assembly assembly =
      new Assembly(
          new UploadJob(
              log,
              new Ownership(1, Tip.NOTHING, new SegmentId(MACHINE, 1, 1), Optional.empty()),
              key,
              Optional.empty()),
          budget);
  private final Compressor compressor = new Compressor();
  private final FrameBuilder builder = FrameBuilder.data(ORIGIN, 0, Chain.START);
  private final List<SegmentReader> segments = new ArrayList<>();
  private long sequence;
  private long discarded;

  @BeforeEach
  void beginLog() throws Exception {
    control(FrameKind.STATE, new StateBody(true, "", 0, List.of()).encode());
  }

  @AfterEach
  void close() {
    assembly.close();
    compressor.close();
  }

  @Test
  void staysWithinTheIndex_whenDiscardsFollowOnAMark() throws Exception {
    discards(40, 10_000, 4096);
    mark();
    discards(70, 10_000, 4096);
    checkEntries(1_100_000);
  }

  @Test
  void staysWithinTheIndex_whenEachDiscardIsTwoEntries() throws Exception {
    discards(20, 10_000, 2L << 30);
    mark();
    discards(35, 10_000, 2L << 30);
    checkEntries(1_100_000);
  }

  @Test
  void staysWithinTheIndex_whenFramesAreAsLargeAsTheyMayBe() throws Exception {
    for (int i = 0; i < 4; i++) {
      discards(1, 600_000, 4096);
      mark();
    }
    checkEntries(2_400_000);
  }

  @Test
  void staysWithinTheEvents_whenMarksComeAllAtOnce() throws Exception {
    for (int i = 0; i < 20_000; i++) {
      mark();
    }
    put();
    assertThat(segments.stream().mapToInt(s -> s.footer().marks().size()).sum()).isEqualTo(20_000);
  }

  private void checkEntries(int entries) throws Exception {
    put();
    assertThat(segments.stream().mapToInt(s -> s.footer().log().size()).sum()).isEqualTo(entries);
    assertThat(segments).hasSizeGreaterThan(1);
    long last = 0;
    for (SegmentReader segment : segments) {
      assertThat(segment.header().firstSequence()).isEqualTo(last + 1);
      last = segment.header().lastSequence();
    }
    assertThat(last).isEqualTo(sequence);
  }

  private void discards(int frames, int records, long length) throws Exception {
    for (int i = 0; i < frames; i++) {
      for (int j = 0; j < records; j++) {
        long position = builder.position() + 1;
        builder.range(RecordKind.UNMAP, 0, discarded++ * length, length, position);
      }
      take(builder.build(Codec.NONE, compressor, 1));
    }
  }

  private void mark() throws Exception {
    MarkBody body = new MarkBody(new UUID(1, 1), 1, 0, true, "", List.of());
    control(FrameKind.MARK, body.encode());
  }

  private void control(FrameKind kind, byte[] body) throws Exception {
    Span here = Span.at(builder.position(), builder.chain());
    take(Frame.control(kind, ORIGIN, here, 1, body));
  }

  private void take(Frame made) throws Exception {
    Frame frame = made.withSequence(++sequence);
    CachePlace place = new CachePlace(1, sequence, sequence);
    Window.Item item = new Window.Item(frame, frame.raw(), Instant.EPOCH, place);
    if (assembly.endsBefore(frame.header())) {
      put();
    }
    assertThat(assembly.reserve(item.memory())).isTrue();
    var _ = assembly.add(item, 0);
    if (assembly.isFull() && assembly.rawBytes() >= UploadPace.STANDARD.leastBytes()) {
      put(assembly.seal());
    }
  }

  private void put() throws Exception {
    var _ = assembly.closeWindow();
    if (assembly.hasSegment()) {
      put(assembly.seal());
    }
  }

  private void put(Assembly.Parcel parcel) throws Exception {
    assertThat(log.put(parcel.segment())).isEqualTo(new SegmentLog.Put.Stored());
    budget.give(parcel.heldBytes());
    segments.add(
        SegmentReader.open(store, parcel.segment().header().id(), parcel.segment().size(), key));
  }
}
