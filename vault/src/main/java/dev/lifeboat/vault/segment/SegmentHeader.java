package dev.lifeboat.vault.segment;

import dev.lifeboat.wire.frame.CorruptFrameException;
import dev.lifeboat.wire.frame.FieldReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The plain first bytes of a segment, and the whole of a tombstone. Immutable.
 *
 * @param uploadId random: by it a writer whose answer was lost knows its own blob again
 * @param firstSequence the first one within; 0 in a tombstone, as all that follow
 * @param lastSequence the last one within
 * @param firstPosition of the log before it, exclusive
 * @param lastPosition of the log behind it
 */
public record SegmentHeader(
    Type type,
    SegmentId id,
    UUID lineage,
    Salt salt,
    UUID uploadId,
    long firstSequence,
    long lastSequence,
    long firstPosition,
    long lastPosition) {

  /** What the blob is. */
  public enum Type {
    SEGMENT,
    /** Ends an epoch: whoever finds one where a segment should go has lost the machine. */
    TOMBSTONE
  }

  /** Bytes of an encoded header. */
  public static final int BYTES = 160;

  /** The part that is known before the segment is full: associated data of its chunks. */
  static final int STABLE_BYTES = 112;

  private static final byte[] MAGIC = {'L', 'B', 'S', 'E', 'G', '0', '0', '1'};
  private static final int VERSION = 1;
  private static final int CRC_AT = 156;
  private static final UUID ZERO = new UUID(0, 0);

  static SegmentHeader tombstone(SegmentId id) {
    return new SegmentHeader(
        Type.TOMBSTONE, id, ZERO, Salt.of(new byte[Salt.BYTES]), UUID.randomUUID(), 0, 0, 0, 0);
  }

  public boolean isTombstone() {
    return type == Type.TOMBSTONE;
  }

  /** The 160 bytes. */
  public byte[] encode() {
    ByteBuffer b = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    b.put(MAGIC).putInt(VERSION).putInt(type == Type.SEGMENT ? 1 : 2);
    put(b, id.machine());
    put(b, lineage);
    b.putLong(id.epoch()).putLong(id.number()).put(salt.bytes());
    put(b, uploadId);
    b.putLong(firstSequence).putLong(lastSequence).putLong(firstPosition).putLong(lastPosition);
    b.putInt(CRC_AT, crc(b.array(), CRC_AT));
    return b.array();
  }

  /** Reads and checks the header of the blob that should be {@code expected}. */
  public static SegmentHeader decode(byte[] bytes, SegmentId expected) throws DamagedBlobException {
    String blob = expected.blobName();
    if (bytes.length < BYTES) {
      throw new DamagedBlobException(blob, "truncated: it has no whole header");
    }
    if (!Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw new DamagedBlobException(blob, "it is no segment: wrong magic");
    }
    ByteBuffer raw = ByteBuffer.wrap(bytes, 0, BYTES).order(ByteOrder.LITTLE_ENDIAN);
    if (raw.getInt(CRC_AT) != crc(bytes, CRC_AT)) {
      throw new DamagedBlobException(blob, "its header was altered: wrong CRC");
    }
    try {
      SegmentHeader header = fields(new FieldReader(raw.position(MAGIC.length)), expected);
      header.check();
      if (!Arrays.equals(header.encode(), 0, BYTES, bytes, 0, BYTES)) {
        throw new DamagedBlobException(blob, "its header has reserved bytes set");
      }
      return header;
    } catch (CorruptFrameException | IllegalArgumentException e) {
      throw new DamagedBlobException(blob, "its header is wrong: " + e.getMessage(), e);
    }
  }

  private static SegmentHeader fields(FieldReader fields, SegmentId expected)
      throws CorruptFrameException {
    int version = fields.i32();
    if (version != VERSION) {
      throw new CorruptFrameException("version " + version + " is not known");
    }
    int type = fields.i32();
    if (type != 1 && type != 2) {
      throw new CorruptFrameException("type " + type + " is not known");
    }
    UUID machine = fields.uuid();
    UUID lineage = fields.uuid();
    SegmentId id = new SegmentId(machine, fields.u64(), fields.u64());
    if (!id.equals(expected)) {
      throw new CorruptFrameException("it belongs to " + id);
    }
    byte[] salt = new byte[Salt.BYTES];
    for (int i = 0; i < salt.length; i++) {
      salt[i] = (byte) fields.u8();
    }
    return new SegmentHeader(
        type == 1 ? Type.SEGMENT : Type.TOMBSTONE,
        id,
        lineage,
        Salt.of(salt),
        fields.uuid(),
        fields.u64(),
        fields.u64(),
        fields.u64(),
        fields.u64());
  }

  private void check() {
    boolean backwards = lastSequence < firstSequence || lastPosition < firstPosition;
    if (backwards || (type == Type.SEGMENT && firstSequence < 1)) {
      throw new IllegalArgumentException("its ranges run backwards");
    }
  }

  private static void put(ByteBuffer target, UUID uuid) {
    target.putLong(Long.reverseBytes(uuid.getMostSignificantBits()));
    target.putLong(Long.reverseBytes(uuid.getLeastSignificantBits()));
  }

  static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
