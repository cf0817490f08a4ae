package dev.lifeboat.vault.segment;

import dev.lifeboat.vault.key.DataKey;
import dev.lifeboat.wire.frame.Chain;
import dev.lifeboat.wire.frame.Codec;
import dev.lifeboat.wire.frame.Compressor;
import dev.lifeboat.wire.frame.CorruptFrameException;
import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.FrameBuilder;
import dev.lifeboat.wire.frame.FrameHeader;
import dev.lifeboat.wire.frame.FrameKind;
import dev.lifeboat.wire.frame.GapBody;
import dev.lifeboat.wire.frame.MarkBody;
import dev.lifeboat.wire.frame.Origin;
import dev.lifeboat.wire.frame.RecordKind;
import dev.lifeboat.wire.frame.Span;
import dev.lifeboat.wire.frame.StateBody;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Writes a machine's log as an agent and its process server would, for tests: frames of any kind,
 * cut into segments wherever the test says, put into a {@link SegmentLog}. Not thread-safe.
 */
public final class LogWriter {

  private final SegmentLog log;
  private final DataKey key;
  private SegmentId id;
  private UUID lineage;
  private SegmentBuilder builder;
  private FrameHeader last;
  private long sequence;
  private long position;
  private Chain chain = new Chain(7, 7);
  private Codec codec = Codec.NONE;

  public LogWriter(SegmentLog log, DataKey key, long epoch, UUID lineage) {
    this(log, key, new SegmentId(log.machine(), epoch, 1), Tip.beginning(lineage));
  }

  public LogWriter(SegmentLog log, DataKey key, SegmentId next, Tip tip) {
    this.log = log;
    this.key = key;
    this.id = next;
    this.lineage = tip.lineage();
    this.sequence = tip.sequence();
    this.position = tip.position();
    this.chain = tip.sequence() == 0 ? chain : tip.chain();
    this.builder = new SegmentBuilder(id, tip, key);
  }

  /** What the bodies of frames are compressed with from now on; none at first. */
  public LogWriter codec(Codec next) {
    codec = next;
    return this;
  }

  public long position() {
    return position;
  }

  public long sequence() {
    return sequence;
  }

  public SegmentBuilder builder() {
    return builder;
  }

  /** The header of the frame added last. */
  public FrameHeader lastHeader() {
    return last;
  }

  /** A STATE frame that names these disks. */
  public LogWriter state(StateBody.Disk... disks) throws CorruptFrameException {
    return control(FrameKind.STATE, new StateBody(true, "", 0, List.of(disks)).encode());
  }

  /** A disk of so many bytes. */
  public static StateBody.Disk disk(int disk, long size) {
    return new StateBody.Disk(disk, false, size, 512, "serial-" + disk, "disk" + disk);
  }

  public LogWriter write(int disk, long offset, byte[] content) throws CorruptFrameException {
    return data(b -> {
      b.beginWrite(disk, offset, content.length, ++position);
      b.payload(content, 0, content.length);
    });
  }

  /** One frame with a write for each {@code piece} bytes. */
  public LogWriter writes(int disk, long offset, byte[] content, int piece)
      throws CorruptFrameException {
    return data(b -> {
      for (int at = 0; at < content.length; at += piece) {
        int length = Math.min(piece, content.length - at);
        b.beginWrite(disk, offset + at, length, ++position);
        b.payload(content, at, length);
      }
    });
  }

  public LogWriter zero(int disk, long offset, long length) throws CorruptFrameException {
    return data(b -> b.range(RecordKind.ZERO, disk, offset, length, ++position));
  }

  public LogWriter unmap(int disk, long offset, long length) throws CorruptFrameException {
    return data(b -> b.range(RecordKind.UNMAP, disk, offset, length, ++position));
  }

  /** A block that a pass read, whose P0 is {@code at}. */
  public LogWriter base(int disk, long offset, byte[] content, long at)
      throws CorruptFrameException {
    FrameBuilder b = FrameBuilder.base(origin(), at, chain);
    b.beginWrite(disk, offset, content.length, at);
    b.payload(content, 0, content.length);
    return add(frame(b));
  }

  /** A consistent mark over these disks. */
  public LogWriter mark(Instant time, Integer... disks) throws CorruptFrameException {
    return mark(time, true, disks);
  }

  public LogWriter mark(Instant time, boolean consistent, Integer... disks)
      throws CorruptFrameException {
    MarkBody body = new MarkBody(new UUID(1, 1), position, 0, consistent, "label", List.of(disks));
    return add(frame(FrameKind.MARK, Span.at(position, chain), body.encode()), time);
  }

  public LogWriter gap(long length, Chain next) throws CorruptFrameException {
    Span span = new Span(position, position + length, next);
    position += length;
    chain = next;
    return add(frame(FrameKind.GAP, span, new GapBody("test").encode()));
  }

  /** Ends the segment, puts it, and begins the next one. */
  public SegmentLog.Put cut() throws IOException {
    SealedSegment sealed = finish();
    return log.put(sealed);
  }

  /** Ends the segment and puts it; the log behind it. */
  public Tip finishAndPut() throws IOException {
    SealedSegment sealed = finish();
    log.put(sealed);
    return sealed.behind();
  }

  /** The segment that is being built. */
  public SegmentId next() {
    return id;
  }

  /** Ends the segment without putting it, and begins the next one. */
  public SealedSegment finish() {
    SealedSegment sealed = builder.finish();
    builder.close();
    id = id.next();
    builder = new SegmentBuilder(id, sealed.behind(), key);
    return sealed;
  }

  private LogWriter data(Consumer<FrameBuilder> records) throws CorruptFrameException {
    FrameBuilder b = FrameBuilder.data(origin(), position, chain);
    records.accept(b);
    Frame frame = frame(b);
    chain = frame.header().span().chain();
    return add(frame);
  }

  private Frame frame(FrameBuilder b) {
    try (Compressor compressor = new Compressor()) {
      return b.build(codec, compressor, 1);
    }
  }

  private LogWriter control(FrameKind kind, byte[] body) throws CorruptFrameException {
    return add(frame(kind, Span.at(position, chain), body));
  }

  private Frame frame(FrameKind kind, Span span, byte[] body) {
    return Frame.control(kind, origin(), span, 1, body);
  }

  private LogWriter add(Frame frame) throws CorruptFrameException {
    return add(frame, Instant.EPOCH);
  }

  private LogWriter add(Frame frame, Instant time) throws CorruptFrameException {
    FrameHeader header = frame.header().withSequence(++sequence);
    last = header;
    builder.add(frame.withSequence(sequence), frame.raw(), time);
    return this;
  }

  private Origin origin() {
    return new Origin(log.machine(), lineage);
  }
}
