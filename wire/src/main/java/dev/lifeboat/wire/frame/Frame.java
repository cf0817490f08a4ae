package dev.lifeboat.wire.frame;

import java.nio.ByteBuffer;

/**
 * A frame as it travels and rests: header and stored body. Immutable as long as nobody writes to
 * the array of {@link #body()}, which is not copied: this is the data path.
 */
public final class Frame {
  private final FrameHeader header;
  private final byte[] body;

  /**
   * A frame of its parts.
   *
   * @param header decoded or made: its lengths hold
   * @param body the stored body; owned by the frame from now on
   */
  public Frame(FrameHeader header, byte[] body) {
    if (header.storedLength() != body.length) {
      throw new IllegalArgumentException(
          "body of " + body.length + " bytes, not " + header.storedLength());
    }
    this.header = header;
    this.body = body;
  }

  /** A frame without records: MARK, STATE or GAP. Sequence 0. */
  public static Frame control(
      FrameKind kind, Origin origin, Span span, long bootNanos, byte[] body) {
    if (kind.hasRecords() || body.length > FrameHeader.MAX_CONTROL) {
      throw new IllegalArgumentException(kind + " frame with a body of " + body.length + " bytes");
    }
    int crc = FrameHeader.crc(body, 0, body.length);
    return new Frame(
        new FrameHeader(
            kind, Codec.NONE, origin, 0, span, bootNanos, body.length, body.length, 0, crc),
        body);
  }

  /** Reads a whole frame, and nothing behind it, from position to limit; checks everything. */
  public static Frame decode(ByteBuffer source) throws CorruptFrameException {
    FrameHeader header = FrameHeader.decode(source);
    if (source.remaining() != header.frameLength()) {
      throw new CorruptFrameException(
          "frame of " + source.remaining() + " bytes, not " + header.frameLength());
    }
    byte[] body = new byte[header.storedLength()];
    source.get(source.position() + FrameHeader.BYTES, body);
    Frame frame = new Frame(header, body);
    frame.checkBody();
    return frame;
  }

  public FrameHeader header() {
    return header;
  }

  /** The stored body: the array itself, not to be written. */
  public byte[] body() {
    return body;
  }

  /** Bytes of header and stored body. */
  public int length() {
    return header.frameLength();
  }

  /** The same frame under a sequence; the body is shared. */
  public Frame withSequence(long sequence) {
    return new Frame(header.withSequence(sequence), body);
  }

  /** Compares the stored body with its CRC. */
  public void checkBody() throws CorruptFrameException {
    if (FrameHeader.crc(body, 0, body.length) != header.bodyCrc()) {
      throw new CorruptFrameException("frame body is damaged: wrong CRC");
    }
  }

  /** The raw body, checked. On the data path use a {@link Decompressor} of your own. */
  public byte[] raw() throws CorruptFrameException {
    if (header.codec() == Codec.NONE) {
      checkBody();
      return body;
    }
    try (Decompressor decompressor = new Decompressor()) {
      return decompressor.raw(this);
    }
  }

  /** Header and stored body in one array. */
  public byte[] encode() {
    return ByteBuffer.allocate(length()).put(header.encode()).put(body).array();
  }

  /** Names the frame; no content. */
  @Override
  public String toString() {
    return "%s %d (%d, %d]"
        .formatted(header.kind(), header.sequence(), header.span().from(), header.span().to());
  }
}
