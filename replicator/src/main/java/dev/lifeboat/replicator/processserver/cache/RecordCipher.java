package dev.lifeboat.replicator.processserver.cache;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * AES-256-GCM of the records of one cache file: the nonce is the record's number, the file's header
 * and the number are authenticated with it, so that a record can be neither moved nor taken over
 * into another file. Not thread-safe.
 */
final class RecordCipher {
  static final int TAG_BYTES = 16;

  private final Cipher cipher;
  private final SecretKey key;
  private final ByteBuffer nonce = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
  private final ByteBuffer associated;

  RecordCipher(SecretKey key, byte[] header) {
    this.key = key;
    associated = ByteBuffer.allocate(header.length + 8).order(ByteOrder.LITTLE_ENDIAN).put(header);
    try {
      cipher = Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK lacks AES-GCM", e);
    }
  }

  /** Begins a record: {@link #update} and {@link #finish} encrypt it. */
  void encrypt(long counter) {
    init(Cipher.ENCRYPT_MODE, counter);
  }

  int update(byte[] plain, int offset, int length, byte[] sealed) {
    try {
      return cipher.update(plain, offset, length, sealed, 0);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM failed to encrypt", e);
    }
  }

  int finish(byte[] plain, int offset, int length, byte[] sealed) {
    try {
      return cipher.doFinal(plain, offset, length, sealed, 0);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM failed to encrypt", e);
    }
  }

  /** Decrypts a whole record; false if it does not carry its tag. */
  boolean decrypt(long counter, byte[] sealed, int length, byte[] plain) {
    init(Cipher.DECRYPT_MODE, counter);
    try {
      cipher.doFinal(sealed, 0, length, plain, 0);
      return true;
    } catch (AEADBadTagException wrong) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM failed to decrypt", e);
    }
  }

  private void init(int mode, long counter) {
    nonce.putLong(4, counter);
    associated.putLong(associated.capacity() - 8, counter);
    try {
      cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * 8, nonce.array()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM refused its key or nonce", e);
    }
    cipher.updateAAD(associated.array());
  }
}
