package dev.lifeboat.wire.journal;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/** Whole, aligned blocks: what O_DIRECT asks for. */
final class Blocks {
  /** Offsets, lengths and addresses are multiples of it. */
  static final int SIZE = 4096;

  private Blocks() {}

  static int roundUp(int bytes) {
    return Math.addExact(bytes, SIZE - 1) / SIZE * SIZE;
  }

  /** A little-endian buffer of whole blocks at an aligned address. */
  static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocateDirect(roundUp(bytes) + SIZE)
        .alignedSlice(SIZE)
        .slice(0, roundUp(bytes))
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  static void write(FileChannel channel, ByteBuffer blocks, long offset) throws IOException {
    long at = offset;
    while (blocks.hasRemaining()) {
      int written = channel.write(blocks, at);
      if (written <= 0 || written % SIZE != 0) {
        throw new IOException("short write of " + written + " bytes");
      }
      at += written;
    }
  }

  static void read(FileChannel channel, ByteBuffer blocks, long offset) throws IOException {
    long at = offset;
    while (blocks.hasRemaining()) {
      int read = channel.read(blocks, at);
      if (read <= 0 || read % SIZE != 0) {
        throw new EOFException("short read of " + read + " bytes");
      }
      at += read;
    }
  }
}
