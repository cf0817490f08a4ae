package dev.lifeboat.vault.segment;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * AES-256-GCM over a row of slices of 64 KiB, each with a tag of its own: the JVM's cipher is slow
 * on large buffers for many seconds after its start, and fast on small ones almost at once. The
 * nonce holds the slice's number and whether it is the last one, so that slices can be neither
 * dropped nor moved. Not thread-safe.
 */
final class SliceCipher {

  static final int SLICE = 64 << 10;
  static final int TAG = 16;

  /** The counter of the footer; chunks count from 0. */
  static final long FOOTER = 1L << 63;

  private static final int LAST = 1 << 31;
  private static final int TAG_BITS = 8 * TAG;

  private final Cipher cipher;
  private final SecretKey key;

  SliceCipher(SecretKey key) {
    this.key = key;
    try {
      cipher = Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES-GCM", e);
    }
  }

  /** Bytes that so many plain bytes, at least one, take when sealed. */
  static int sealedLength(int length) {
    return length + slices(length) * TAG;
  }

  /** Bytes that come out of so many sealed ones, or -1 if no row of slices has that length. */
  static int openedLength(int sealed) {
    int slices = (sealed + SLICE + TAG - 1) / (SLICE + TAG);
    int opened = sealed - slices * TAG;
    return opened > 0 && sealedLength(opened) == sealed ? opened : -1;
  }

  byte[] seal(byte[] plain, int length, long counter, byte[] aad) {
    byte[] sealed = new byte[sealedLength(length)];
    int slices = slices(length);
    try {
      for (int i = 0, at = 0; i < slices; i++) {
        start(Cipher.ENCRYPT_MODE, i, slices, counter, aad);
        int size = Math.min(SLICE, length - i * SLICE);
        at += cipher.doFinal(plain, i * SLICE, size, sealed, at);
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("sealing failed", e);
    }
    return sealed;
  }

  /**
   * Opens all of {@code sealed} into {@code target}, which has room for {@link #openedLength}.
   * Throws AEADBadTagException when a byte was altered.
   */
  int open(ByteBuffer sealed, long counter, byte[] aad, byte[] target) throws AEADBadTagException {
    int size = sealed.remaining();
    int length = openedLength(size);
    if (length < 0) {
      throw new AEADBadTagException("it has an impossible length");
    }
    int slices = slices(length);
    try {
      for (int i = 0; i < slices; i++) {
        start(Cipher.DECRYPT_MODE, i, slices, counter, aad);
        int from = i * (SLICE + TAG);
        int slice = Math.min(SLICE + TAG, size - from);
        int at = sealed.arrayOffset() + sealed.position() + from;
        cipher.doFinal(sealed.array(), at, slice, target, i * SLICE);
      }
    } catch (AEADBadTagException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("opening failed", e);
    }
    return length;
  }

  private void start(int mode, int slice, int slices, long counter, byte[] aad)
      throws GeneralSecurityException {
    byte[] nonce =
        ByteBuffer.allocate(12)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(slice == slices - 1 ? slice | LAST : slice)
            .putLong(counter)
            .array();
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(aad);
  }

  private static int slices(int length) {
    return Math.max(1, (length + SLICE - 1) / SLICE);
  }
}
