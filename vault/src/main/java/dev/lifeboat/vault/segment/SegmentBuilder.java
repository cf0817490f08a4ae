package dev.lifeboat.vault.segment;

import dev.lifeboat.vault.key.DataKey;
import dev.lifeboat.wire.frame.Chain;
import dev.lifeboat.wire.frame.Codec;
import dev.lifeboat.wire.frame.CorruptFrameException;
import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.FrameHeader;
import dev.lifeboat.wire.frame.FrameKind;
import dev.lifeboat.wire.frame.GapBody;
import dev.lifeboat.wire.frame.MarkBody;
import dev.lifeboat.wire.frame.RecordCursor;
import dev.lifeboat.wire.frame.RecordKind;
import dev.lifeboat.wire.frame.Span;
import dev.lifeboat.wire.frame.StateBody;
import java.io.Closeable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * Makes one segment of frames, taken in sequence order: compresses and seals as it goes, drops what
 * is overwritten before the next mark, and keeps the rest for the footer. Memory: the sealed bytes
 * so far ({@link #size}), 8 MiB, and 31 bytes per index entry. The caller has checked the frames
 * against the chain; what does not follow on the frame before is an IllegalArgumentException.
 *
 * <p>Not thread-safe; whoever makes one closes it.
 */
public final class SegmentBuilder implements Closeable {

  /** A builder that holds more is to be finished, or it takes frames beyond its bounds. */
  private static final int FULL_ENTRIES = FooterCodec.MAX_ENTRIES / 2;

  private static final int FULL_EVENTS = FooterCodec.MAX_EVENTS / 2;

  /** A body below this compresses better together with others. */
  private static final int LEAST_CHUNK = 64 << 10;

  private final SegmentId id;
  private final UUID lineage;
  private final Salt salt = Salt.random();
  private final UUID uploadId = UUID.randomUUID();
  private final SliceCipher cipher;
  private final Stage stage;
  private final List<SegmentMark> marks = new ArrayList<>();
  private final List<SegmentState> states = new ArrayList<>();
  private final List<SegmentGap> gaps = new ArrayList<>();
  private FooterLoad events = FooterLoad.NONE;
  private final long firstSequence;
  private long sequence;
  private long firstPosition;
  private long position;
  private Chain before;
  private Chain behind;
  private long rawBytes;

  /** A builder of the segment that goes on from {@code tip}. */
  public SegmentBuilder(SegmentId id, Tip tip, DataKey dataKey) {
    this.id = id;
    this.lineage = tip.lineage();
    this.sequence = tip.sequence();
    this.firstSequence = tip.sequence() + 1;
    this.firstPosition = tip.position();
    this.position = tip.position();
    this.before = tip.chain();
    this.behind = tip.chain();
    this.cipher = new SliceCipher(dataKey.segmentKey(salt.bytes()));
    this.stage = new Stage(cipher, stableHeader());
  }

  /**
   * Takes the next frame, of whose records some may have been left out.
   *
   * @param raw its decoded body; not kept
   * @param time what a MARK's time is, as the process server has it; otherwise unused
   */
  public void add(FrameHeader frame, byte[] raw, Instant time) throws CorruptFrameException {
    add(frame, raw, time, Optional.empty());
  }

  /**
   * Takes the next frame whole. Where its stored body is zstd and large enough it becomes a chunk
   * as it stands: neither compressed again nor copied.
   *
   * @param raw its decoded body; not kept
   * @param time as above
   */
  public void add(Frame frame, byte[] raw, Instant time) throws CorruptFrameException {
    boolean passes =
        frame.header().codec() == Codec.ZSTD
            && raw.length >= LEAST_CHUNK
            && raw.length <= ChunkPlace.MAX_RAW;
    add(frame.header(), raw, time, passes ? Optional.of(frame.body()) : Optional.empty());
  }

  private void add(FrameHeader frame, byte[] raw, Instant time, Optional<byte[]> chunk)
      throws CorruptFrameException {
    follow(frame);
    switch (frame.kind()) {
      case DATA, BASE -> records(frame.kind() == FrameKind.BASE, raw, chunk);
      case MARK -> {
        marks.add(
            new SegmentMark(
                frame.sequence(),
                frame.span().to(),
                stage.base().size(),
                time,
                MarkBody.decode(raw)));
        stage.mark();
      }
      case STATE -> states.add(new SegmentState(frame.sequence(), StateBody.decode(raw)));
      case GAP ->
          gaps.add(new SegmentGap(frame.sequence(), frame.span(), GapBody.decode(raw).reason()));
    }
    events = frame.kind().hasRecords() ? events : events.plus(FooterLoad.of(frame));
    sequence = frame.sequence();
    rawBytes += raw.length;
  }

  private void follow(FrameHeader frame) {
    if (!frame.origin().machine().equals(id.machine())
        || !frame.origin().lineage().equals(lineage)) {
      throw new IllegalArgumentException("the frame belongs to another log: " + frame.origin());
    }
    if (frame.sequence() != sequence + 1) {
      throw new IllegalArgumentException(
          "frame " + frame.sequence() + " does not follow on frame " + sequence);
    }
    Span span = frame.span();
    if (sequence == 0) {
      firstPosition = span.from();
      before = span.chain();
    } else if (frame.kind() == FrameKind.BASE || frame.kind() == FrameKind.STATE) {
      return;
    } else if (span.from() != position) {
      throw new IllegalArgumentException(
          "frame "
              + frame.sequence()
              + " begins at "
              + span.from()
              + ", the log ends at "
              + position);
    }
    position = span.to();
    behind = span.chain();
  }

  private void records(boolean base, byte[] raw, Optional<byte[]> body)
      throws CorruptFrameException {
    OptionalInt chunk =
        body.isPresent() ? OptionalInt.of(stage.pass(body.get(), raw.length)) : OptionalInt.empty();
    RecordCursor record = new RecordCursor(raw);
    while (record.next()) {
      RecordKind kind = record.kind();
      if (kind == RecordKind.WRITE && chunk.isPresent()) {
        stage.refer(base, record, chunk.getAsInt());
      } else if (kind == RecordKind.WRITE) {
        stage.write(base, record, raw);
      } else if (kind == RecordKind.ZERO || kind == RecordKind.UNMAP) {
        stage.range(base, record);
      }
      // DEFERRED and SELF say nothing of content; points wait until a deferred range was read.
    }
  }

  /** Whether nothing was added yet. */
  public boolean isEmpty() {
    return sequence < firstSequence;
  }

  /** Bytes that are sealed or wait to be: what the blob will have, but for the footer, at most. */
  public long size() {
    return stage.size();
  }

  /** Raw bytes of the bodies taken. */
  public long rawBytes() {
    return rawBytes;
  }

  /** Payload bytes that were overwritten before the next mark and so left out. */
  public long coalescedBytes() {
    return stage.coalescedBytes();
  }

  /** How much of the footer's bounds is taken; {@link #finish} fails behind them. */
  public FooterLoad load() {
    return events.plus(new FooterLoad(stage.entries(), 0, 0));
  }

  /** Whether the footer's bounds call for {@link #finish}, whatever the size. */
  public boolean isFull() {
    return load().entries() >= FULL_ENTRIES
        || load().events() >= FULL_EVENTS
        || stage.chunkCount() >= FooterCodec.MAX_CHUNKS / 2;
  }

  public List<SegmentMark> marks() {
    return List.copyOf(marks);
  }

  /** The log behind the last frame taken. */
  public Tip tip() {
    return new Tip(lineage, sequence, position, behind);
  }

  /**
   * Seals what is left and gives the whole blob. Nothing can be added afterwards. More than the
   * footer's bounds is an IllegalStateException: nobody could read it back.
   */
  public SealedSegment finish() {
    if (isEmpty()) {
      throw new IllegalStateException("a segment holds one frame at least");
    }
    stage.flush();
    SegmentHeader header = header();
    byte[] headerBytes = header.encode();
    Footer footer =
        new Footer(stage.chunks(), stage.log(), stage.base(), before, behind, marks, states, gaps);
    byte[] plain = FooterCodec.encode(footer);
    byte[] sealed = cipher.seal(plain, plain.length, SliceCipher.FOOTER, headerBytes);
    List<ByteBuffer> content = new ArrayList<>();
    content.add(ByteBuffer.wrap(headerBytes));
    stage.sealed().forEach(c -> content.add(ByteBuffer.wrap(c)));
    content.add(ByteBuffer.wrap(sealed));
    content.add(ByteBuffer.wrap(new Trailer(stage.end(), sealed.length).encode()));
    return new SealedSegment(header, content, tip(), marks);
  }

  private SegmentHeader header() {
    return new SegmentHeader(
        SegmentHeader.Type.SEGMENT,
        id,
        lineage,
        salt,
        uploadId,
        firstSequence,
        Math.max(sequence, firstSequence),
        firstPosition,
        position);
  }

  private byte[] stableHeader() {
    return ByteBuffer.allocate(SegmentHeader.STABLE_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(header().encode(), 0, SegmentHeader.STABLE_BYTES)
        .array();
  }

  @Override
  public void close() {
    stage.close();
  }
}
