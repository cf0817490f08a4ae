package dev.lifeboat.vault.key;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A machine's data key: 256 random bits from which every segment's key is derived. Rests only
 * wrapped; nothing of it is ever in {@link #toString}.
 */
public final class DataKey {

  static final int BYTES = 32;

  private static final byte[] SEGMENT = {
    'l', 'i', 'f', 'e', 'b', 'o', 'a', 't', ' ', 's', 'e', 'g', 'm', 'e', 'n', 't'
  };

  private final byte[] key;

  DataKey(byte[] key) {
    if (key.length != BYTES) {
      throw new IllegalArgumentException("a data key has 32 bytes");
    }
    this.key = key.clone();
  }

  public static DataKey generate() {
    byte[] key = new byte[BYTES];
    new SecureRandom().nextBytes(key);
    return new DataKey(key);
  }

  /** The key of the segment whose header holds this salt. */
  public SecretKey segmentKey(byte[] salt) {
    try {
      return KDF.getInstance("HKDF-SHA256")
          .deriveKey(
              "AES",
              HKDFParameterSpec.ofExtract()
                  .addIKM(new SecretKeySpec(key, "HKDF"))
                  .addSalt(salt)
                  .thenExpand(SEGMENT, BYTES));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK lacks HKDF-SHA256", e);
    }
  }

  byte[] wrappedBy(RecoveryKey recoveryKey) {
    return recoveryKey.wrap(key);
  }

  static DataKey unwrap(byte[] wrapped, RecoveryKey recoveryKey) throws KeyException {
    try {
      byte[] key = recoveryKey.unwrap(wrapped);
      if (key.length != BYTES) {
        throw new KeyException("the wrapped data key has " + key.length + " bytes, not 32");
      }
      return new DataKey(key);
    } catch (GeneralSecurityException e) {
      throw new KeyException(
          "the recovery key does not open this data key: it is another key, or the blob was altered",
          e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DataKey that && Arrays.equals(key, that.key);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(key);
  }

  @Override
  public String toString() {
    return "data key";
  }
}
