package dev.lifeboat.wire.frame;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The first 128 bytes of a frame, validated whole: whoever holds one may allocate by its lengths.
 *
 * @param sequence its number among everything shipped; 0 until it is sent
 * @param bootNanos CLOCK_BOOTTIME of the machine when the frame was made
 * @param rawLength bytes of the body as decoded
 * @param storedLength bytes of the body as it follows
 * @param records records in the body
 * @param bodyCrc CRC32C of the stored body
 */
public record FrameHeader(
    FrameKind kind,
    Codec codec,
    Origin origin,
    long sequence,
    Span span,
    long bootNanos,
    int rawLength,
    int storedLength,
    int records,
    int bodyCrc) {

  /** Bytes of a header. */
  public static final int BYTES = 128;

  /** The most a body may hold: one write is never cut. */
  public static final int MAX_RAW = 16 * 1024 * 1024;

  /** The most a body without records may hold. */
  public static final int MAX_CONTROL = 4 * 1024 * 1024;

  /** Where a frame is closed if no single write makes it larger. */
  public static final int TARGET_RAW = 256 * 1024;

  private static final int MAGIC = 0x3146424C;
  private static final int VERSION = 1;
  private static final int RESERVED_AT = 104;
  private static final int CRC_AT = 124;

  /** The header with a sequence; the body stays as it is. */
  public FrameHeader withSequence(long next) {
    return new FrameHeader(
        kind, codec, origin, next, span, bootNanos, rawLength, storedLength, records, bodyCrc);
  }

  /** Bytes of the frame: header and stored body. */
  public int frameLength() {
    return BYTES + storedLength;
  }

  /** The 128 bytes. */
  public byte[] encode() {
    ByteBuffer target = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    target.putInt(MAGIC).put((byte) VERSION).put((byte) kind.id()).put((byte) codec.id());
    target.put((byte) 0);
    target.putLong(Long.reverseBytes(origin.machine().getMostSignificantBits()));
    target.putLong(Long.reverseBytes(origin.machine().getLeastSignificantBits()));
    target.putLong(Long.reverseBytes(origin.lineage().getMostSignificantBits()));
    target.putLong(Long.reverseBytes(origin.lineage().getLeastSignificantBits()));
    target.putLong(sequence).putLong(span.from()).putLong(span.to());
    span.chain().encode(target.array(), target.position());
    target.position(target.position() + Chain.BYTES);
    target.putLong(bootNanos).putInt(rawLength).putInt(storedLength).putInt(records);
    target.putInt(bodyCrc).position(CRC_AT);
    target.putInt(crc(target.array(), 0, CRC_AT));
    return target.array();
  }

  /** Reads and checks the 128 bytes at the buffer's position; the buffer is not moved. */
  public static FrameHeader decode(ByteBuffer source) throws CorruptFrameException {
    if (source.remaining() < BYTES) {
      throw new CorruptFrameException("frame header of " + source.remaining() + " bytes");
    }
    byte[] bytes = new byte[BYTES];
    source.get(source.position(), bytes);
    return decode(bytes);
  }

  private static FrameHeader decode(byte[] bytes) throws CorruptFrameException {
    ByteBuffer raw = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (raw.getInt(0) != MAGIC) {
      throw new CorruptFrameException("no frame: wrong magic");
    }
    if (raw.getInt(CRC_AT) != crc(bytes, 0, CRC_AT)) {
      throw new CorruptFrameException("frame header is damaged: wrong CRC");
    }
    FieldReader fields = new FieldReader(raw.position(Integer.BYTES));
    int version = fields.u8();
    if (version != VERSION) {
      throw new CorruptFrameException("frame version " + version + " is not known");
    }
    FrameKind kind = FrameKind.of(fields.u8());
    Codec codec = Codec.of(fields.u8());
    int flags = fields.u8();
    for (int i = RESERVED_AT; i < CRC_AT; i++) {
      flags |= bytes[i];
    }
    if (flags != 0) {
      throw new CorruptFrameException("frame header has reserved bits set");
    }
    FrameHeader header =
        new FrameHeader(
            kind,
            codec,
            new Origin(fields.uuid(), fields.uuid()),
            fields.u64(),
            new Span(fields.u64(), fields.u64(), fields.chain()),
            fields.u64(),
            fields.i32(),
            fields.i32(),
            fields.i32(),
            raw.getInt(100));
    header.check();
    return header;
  }

  private void check() throws CorruptFrameException {
    if (rawLength > (kind.hasRecords() ? MAX_RAW : MAX_CONTROL)) {
      throw new CorruptFrameException("body of " + rawLength + " bytes is too long");
    }
    if (codec == Codec.NONE ? storedLength != rawLength : storedLength >= rawLength) {
      throw new CorruptFrameException(
          "stored length " + storedLength + " does not fit raw length " + rawLength);
    }
    if (kind.hasRecords()) {
      if (records < 1 || (long) records * RecordCursor.HEADER > rawLength) {
        throw new CorruptFrameException(records + " records in " + rawLength + " bytes");
      }
    } else if (records != 0 || codec != Codec.NONE) {
      throw new CorruptFrameException("a " + kind + " frame has no records and no codec");
    }
    boolean still = span.from() == span.to();
    if (span.from() > span.to() || (kind == FrameKind.DATA && still)) {
      throw new CorruptFrameException("positions run backwards");
    }
    if (kind == FrameKind.BASE && !still) {
      throw new CorruptFrameException("a BASE frame stands at one position");
    }
  }

  static int crc(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }
}
