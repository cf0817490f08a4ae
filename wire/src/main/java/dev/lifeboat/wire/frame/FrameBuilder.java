package dev.lifeboat.wire.frame;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Gathers records into a body and makes frames of it. One builder serves a stream: its buffer is
 * reused, and behind {@link #build} it goes on where the frame ended. Payload is copied once, into
 * the body.
 *
 * <p>For DATA the chain and the position move with each record. For BASE ({@link #base}) both stay
 * where the pass began.
 *
 * <p>Not thread-safe. A payload begun and not completed makes {@link #build} fail: a write is never
 * cut.
 */
public final class FrameBuilder {
  /** The longest payload that fits a frame. */
  public static final int MAX_PAYLOAD = FrameHeader.MAX_RAW - RecordCursor.HEADER;

  /** The longest range of one record, for a longer one is several; a multiple of any block. */
  private static final long MAX_RANGE = 1L << 31;

  private final FrameKind kind;
  private Origin origin;
  private byte[] raw = new byte[FrameHeader.TARGET_RAW + 64 * 1024];
  private int length;
  private int records;
  private int recordStart;
  private int missing;
  private long from;
  private long to;
  private Chain chain;

  private FrameBuilder(FrameKind kind, Origin origin, long position, Chain chain) {
    this.kind = kind;
    this.origin = origin;
    this.from = position;
    this.to = position;
    this.chain = chain;
  }

  /** A builder of DATA frames that goes on behind {@code position}, where the chain is as given. */
  public static FrameBuilder data(Origin origin, long position, Chain chain) {
    return new FrameBuilder(FrameKind.DATA, origin, position, chain);
  }

  /** A builder of BASE frames for blocks read at {@code position}, where the chain is as given. */
  public static FrameBuilder base(Origin origin, long position, Chain chain) {
    return new FrameBuilder(FrameKind.BASE, origin, position, chain);
  }

  /** Goes on elsewhere, as a new builder would, with the same buffer. */
  public void moveTo(Origin where, long position, Chain there) {
    if (!isEmpty()) {
      throw new IllegalStateException("what was gathered belongs to another place");
    }
    origin = where;
    from = position;
    to = position;
    chain = there;
  }

  /** Begins a write; {@link #payload} must complete it before anything else. */
  public void beginWrite(int disk, long offset, int payload, long position) {
    if (payload > MAX_PAYLOAD) {
      throw new IllegalArgumentException("a write of " + payload + " bytes fits no frame");
    }
    begin(RecordKind.WRITE, new RecordRange(disk, offset, payload, position));
    missing = payload;
  }

  /** The next piece of the write begun last. */
  public void payload(MemorySegment piece) {
    int size = take(piece.byteSize());
    MemorySegment.copy(piece, ValueLayout.JAVA_BYTE, 0, raw, length, size);
    grown(size);
  }

  /** The next piece of the write begun last. */
  public void payload(byte[] piece, int offset, int size) {
    System.arraycopy(piece, offset, raw, length, take(size));
    grown(size);
  }

  /** Appends a record without payload; a range longer than a record can say becomes several. */
  public void range(RecordKind record, int disk, long offset, long size, long position) {
    if (record == RecordKind.WRITE) {
      throw new IllegalArgumentException("a WRITE has a payload");
    }
    for (long done = 0; done < size; ) {
      long part = Math.min(MAX_RANGE, size - done);
      begin(record, new RecordRange(disk, offset + done, part, position));
      complete();
      done += part;
    }
  }

  private void begin(RecordKind record, RecordRange range) {
    if (missing > 0) {
      throw new IllegalStateException(missing + " bytes of the write before are missing");
    }
    boolean base = kind == FrameKind.BASE;
    if (base ? range.position() != to : range.position() < to || range.position() == from) {
      throw new IllegalArgumentException("position " + range.position() + " behind " + to);
    }
    long payload = record == RecordKind.WRITE ? range.length() : 0;
    int end = Math.toIntExact(length + RecordCursor.HEADER + payload);
    if (end > FrameHeader.MAX_RAW) {
      throw new IllegalStateException("the frame is full: build it first");
    }
    if (end > raw.length) {
      raw = Arrays.copyOf(raw, Math.min(FrameHeader.MAX_RAW, Math.max(end, 2 * raw.length)));
    }
    recordStart = length;
    RecordCursor.put(raw, length, record, range);
    length += RecordCursor.HEADER;
    to = range.position();
  }

  private int take(long size) {
    if (size > missing) {
      throw new IllegalArgumentException(size + " bytes of payload where " + missing + " miss");
    }
    return (int) size;
  }

  private void grown(int size) {
    length += size;
    missing -= size;
    if (missing == 0 && size > 0) {
      complete();
    }
  }

  private void complete() {
    records++;
    if (kind == FrameKind.DATA) {
      chain = chain.next(raw, recordStart, length - recordStart);
    }
  }

  /** The chain behind the last complete record. */
  public Chain chain() {
    return chain;
  }

  /** The position of the last record. */
  public long position() {
    return to;
  }

  /** Bytes gathered. */
  public int rawLength() {
    return length;
  }

  public boolean isEmpty() {
    return length == 0;
  }

  /** Whether the frame should be built before more is added. */
  public boolean isFull() {
    return length >= FrameHeader.TARGET_RAW;
  }

  /** Whether a write of so many bytes can still be added. */
  public boolean fits(int payload) {
    return (long) length + RecordCursor.HEADER + payload <= FrameHeader.MAX_RAW;
  }

  /** Makes a frame of what was gathered, with sequence 0, and starts the next one behind it. */
  public Frame build(Codec codec, Compressor compressor, long bootNanos) {
    if (missing > 0 || records == 0) {
      throw new IllegalStateException(
          records == 0
              ? "no record to build a frame of"
              : missing + " bytes of a write are missing");
    }
    int stored = compressor.compress(codec, raw, length);
    Codec used = stored < 0 ? Codec.NONE : codec;
    byte[] body =
        stored < 0 ? Arrays.copyOf(raw, length) : Arrays.copyOf(compressor.buffer(), stored);
    Frame frame =
        new Frame(
            new FrameHeader(
                kind,
                used,
                origin,
                0,
                new Span(from, to, chain),
                bootNanos,
                length,
                body.length,
                records,
                FrameHeader.crc(body, 0, body.length)),
            body);
    from = to;
    length = 0;
    records = 0;
    return frame;
  }
}
