package dev.lifeboat.wire.journal;

import dev.lifeboat.wire.frame.CorruptFrameException;
import dev.lifeboat.wire.frame.FieldReader;
import dev.lifeboat.wire.frame.FieldWriter;
import dev.lifeboat.wire.frame.Origin;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The first block of a file.
 *
 * @param number its place among all that were ever begun, from 1
 * @param oldest the oldest segment that was held when this one was begun: what is older was
 *     released or given up, even if its bytes are still there
 * @param firstPosition where its first frame begins
 * @param generation random, new at each use of the file: frames of another are leftovers
 */
record SegmentHeader(Origin origin, long number, long oldest, long firstPosition, long generation) {
  private static final byte[] MAGIC = "LBHRL001".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  private static final int FIELDS = 8 + 4 + 16 + 16 + 8 + 8 + 8 + 8;

  void encode(ByteBuffer block) {
    FieldWriter fields = new FieldWriter();
    for (byte part : MAGIC) {
      fields.u8(part);
    }
    fields.i32(VERSION).uuid(origin.machine()).uuid(origin.lineage()).i64(number).i64(oldest);
    byte[] bytes = fields.i64(firstPosition).i64(generation).bytes();
    block.clear().put(bytes).putInt(crc(bytes));
    while (block.position() < Blocks.SIZE) {
      block.put((byte) 0);
    }
    block.flip();
  }

  static SegmentHeader decode(ByteBuffer block) throws CorruptFrameException {
    if (block.remaining() < FIELDS + Integer.BYTES) {
      throw new CorruptFrameException("segment header of " + block.remaining() + " bytes");
    }
    byte[] bytes = new byte[FIELDS];
    block.get(block.position(), bytes);
    if (!hasMagic(bytes)) {
      throw new CorruptFrameException("no tracked changes: wrong magic");
    }
    int crc = block.duplicate().order(ByteOrder.LITTLE_ENDIAN).getInt(block.position() + FIELDS);
    if (crc != crc(bytes)) {
      throw new CorruptFrameException("segment header is damaged: wrong CRC");
    }
    FieldReader fields =
        new FieldReader(ByteBuffer.wrap(bytes, MAGIC.length, FIELDS - MAGIC.length));
    int version = fields.i32();
    if (version != VERSION) {
      throw new CorruptFrameException("tracked changes of version " + version + " are not known");
    }
    Origin origin = new Origin(fields.uuid(), fields.uuid());
    SegmentHeader header =
        new SegmentHeader(origin, fields.u64(), fields.u64(), fields.u64(), fields.i64());
    if (header.oldest < 1 || header.oldest > header.number) {
      throw new CorruptFrameException("segment " + header.number + " begins at " + header.oldest);
    }
    return header;
  }

  static boolean hasMagic(byte[] bytes) {
    return bytes.length >= MAGIC.length
        && Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  private static int crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
