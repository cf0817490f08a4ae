package dev.lifeboat.vault.key;

/** Keys that are the same in every run, for golden files. */
public final class FixedKeys {

  private FixedKeys() {}

  public static DataKey dataKey() {
    byte[] key = new byte[32];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) (200 - i);
    }
    return new DataKey(key);
  }
}
