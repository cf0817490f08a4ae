package dev.lifeboat.testbed.azure;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The SHA-256 of a disk that is told piece by piece, in order; what is left out is zeros. */
final class SparseHash {
  private static final byte[] ZEROS = new byte[1 << 20];

  private final MessageDigest digest;
  private long at;

  SparseHash() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) { // every Java has it
      throw new IllegalStateException(e);
    }
  }

  void update(long offset, byte[] bytes) {
    zerosTo(offset);
    digest.update(bytes);
    at += bytes.length;
  }

  /** Of a disk of so many bytes, in hexadecimal digits. */
  String finish(long size) {
    zerosTo(size);
    return HexFormat.of().formatHex(digest.digest());
  }

  private void zerosTo(long offset) {
    if (offset < at) {
      throw new IllegalArgumentException("told up to %d, then from %d".formatted(at, offset));
    }
    while (at < offset) {
      int length = (int) Math.min(ZEROS.length, offset - at);
      digest.update(ZEROS, 0, length);
      at += length;
    }
  }
}
