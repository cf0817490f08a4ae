package dev.lifeboat.wire.journal;

import dev.lifeboat.wire.frame.CorruptFrameException;
import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.FrameHeader;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * A frame in its blocks: generation, a CRC over generation and frame header that ties the two
 * together, four zero bytes, the frame, zeros up to the next block.
 */
final class FrameBlocks {
  /** Bytes before the frame. */
  static final int PREFIX = Long.BYTES + Integer.BYTES + Integer.BYTES;

  private FrameBlocks() {}

  /** Bytes of whole blocks that a frame takes. */
  static int length(FrameHeader header) {
    return Blocks.roundUp(PREFIX + header.frameLength());
  }

  static void encode(ByteBuffer blocks, long generation, Frame frame) {
    byte[] header = frame.header().encode();
    blocks.clear().limit(length(frame.header()));
    blocks.putLong(generation).putInt(crc(generation, header)).putInt(0);
    blocks.put(header).put(frame.body());
    while (blocks.hasRemaining()) {
      blocks.put((byte) 0);
    }
    blocks.flip();
  }

  /** The frame header at the buffer's position, if the generation wrote it. */
  static FrameHeader header(ByteBuffer blocks, long generation) throws CorruptFrameException {
    int start = blocks.position();
    if (blocks.remaining() < PREFIX + FrameHeader.BYTES) {
      throw new CorruptFrameException("the file ends before the frame");
    }
    if (blocks.getLong(start) != generation) {
      throw new CorruptFrameException("no frame of this generation");
    }
    byte[] header = new byte[FrameHeader.BYTES];
    blocks.get(start + PREFIX, header);
    if (blocks.getInt(start + Long.BYTES) != crc(generation, header)
        || blocks.getInt(start + Long.BYTES + Integer.BYTES) != 0) {
      throw new CorruptFrameException("frame prefix is damaged: wrong CRC");
    }
    return FrameHeader.decode(ByteBuffer.wrap(header));
  }

  /** The whole frame at the buffer's position, its body checked. */
  static Frame decode(ByteBuffer blocks, FrameHeader header) throws CorruptFrameException {
    byte[] body = new byte[header.storedLength()];
    blocks.get(blocks.position() + PREFIX + FrameHeader.BYTES, body);
    Frame frame = new Frame(header, body);
    frame.checkBody();
    return frame;
  }

  private static int crc(long generation, byte[] header) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(Long.BYTES).putLong(0, Long.reverseBytes(generation)));
    crc.update(header);
    return (int) crc.getValue();
  }
}
