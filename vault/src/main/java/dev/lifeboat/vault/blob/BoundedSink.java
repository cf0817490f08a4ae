package dev.lifeboat.vault.blob;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/** Takes at most so many bytes, into one array. */
final class BoundedSink extends OutputStream {

  /** What is taken at once: no more than a caller would hold anyhow. */
  private static final int FIRST = 4 << 20;

  private final int limit;
  private byte[] bytes;
  private int size;

  BoundedSink(int limit) {
    this.limit = limit;
    this.bytes = new byte[Math.min(limit, FIRST)];
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] from, int offset, int length) throws IOException {
    if (length > limit - size) {
      throw new IOException("the answer is longer than the " + limit + " bytes expected");
    }
    if (size + length > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.min(limit, Math.max(size + length, bytes.length * 2)));
    }
    System.arraycopy(from, offset, bytes, size, length);
    size += length;
  }

  byte[] bytes() {
    return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
  }
}
