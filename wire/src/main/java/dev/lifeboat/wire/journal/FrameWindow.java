package dev.lifeboat.wire.journal;

import dev.lifeboat.wire.frame.CorruptFrameException;
import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.FrameHeader;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads frames out of segments through a buffer that looks ahead. Not thread-safe. */
final class FrameWindow {
  private static final int AHEAD = 512 * 1024;

  private ByteBuffer window = Blocks.buffer(AHEAD);
  private long number = -1;
  private int start;
  private int filled;

  /**
   * The frame at an offset.
   *
   * @param limit where valid blocks end
   */
  Frame read(Segment segment, int offset, int limit) throws IOException {
    if (limit - offset < Blocks.SIZE) {
      throw new CorruptFrameException("the file ends before the frame");
    }
    if (number != segment.header.number() || offset < start || offset >= start + filled) {
      load(segment, offset, Math.min(limit - offset, AHEAD));
    }
    FrameHeader header =
        FrameBlocks.header(window.position(offset - start), segment.header.generation());
    int length = FrameBlocks.length(header);
    if (length > limit - offset) {
      throw new CorruptFrameException("the file ends within a frame");
    }
    if (offset - start + length > filled) {
      load(segment, offset, Math.max(length, Math.min(limit - offset, AHEAD)));
    }
    return FrameBlocks.decode(window.position(offset - start), header);
  }

  /** Forgets what was read: the file may have been written since. */
  void forget() {
    number = -1;
  }

  private void load(Segment segment, int offset, int bytes) throws IOException {
    forget();
    if (window.capacity() < bytes) {
      window = Blocks.buffer(bytes);
    }
    window.clear().limit(bytes);
    segment.file.read(window, offset);
    number = segment.header.number();
    start = offset;
    filled = bytes;
  }
}
