package dev.lifeboat.bench.figure;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A disk image with stretches of real files and holes between them. */
final class SparseImage {
  static final long SIZE = 2L << 30;
  static final int DATA = 512 << 20;
  private static final long SPREAD = SIZE / DATA;
  private static final int STRETCH = 8 << 20;
  private static final int BLOCK = 256 << 10;

  /** Takes a block that holds data. */
  interface Blocks {
    void take(long offset, byte[] bytes, int length);
  }

  private SparseImage() {}

  /** Where in the image a byte of the content lies. */
  static long place(int at) {
    return SPREAD * (at - at % STRETCH) + at % STRETCH;
  }

  static void write(Path file) throws IOException {
    byte[] content = RealFiles.bytes(DATA);
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int at = 0; at < DATA; at += STRETCH) {
        ByteBuffer stretch = ByteBuffer.wrap(content, at, STRETCH);
        long offset = place(at);
        while (stretch.hasRemaining()) {
          offset += out.write(stretch, offset);
        }
      }
      out.write(ByteBuffer.wrap(new byte[1]), SIZE - 1);
    }
  }

  /** Reads it whole as a first pass does, and hands on what is not zero. */
  static void read(Path file, Blocks blocks) throws IOException {
    byte[] block = new byte[BLOCK];
    byte[] zeros = new byte[BLOCK];
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
      for (long offset = 0; offset < SIZE; offset += BLOCK) {
        ByteBuffer target = ByteBuffer.wrap(block);
        while (target.hasRemaining() && in.read(target, offset + target.position()) > 0) {
          // Until it is full.
        }
        if (!java.util.Arrays.equals(block, zeros)) {
          blocks.take(offset, block, BLOCK);
        }
      }
    }
  }
}
