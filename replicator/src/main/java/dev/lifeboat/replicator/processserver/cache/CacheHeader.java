package dev.lifeboat.replicator.processserver.cache;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/**
 * The first 64 bytes of a cache file (docs/formats.md §5). The salt makes the file's key its own;
 * the epoch tells frames of an ownership that ended from those of today's.
 */
final class CacheHeader {
  static final int BYTES = 64;
  static final int SALT_BYTES = 32;
  private static final byte[] MAGIC = "LBCACHE1".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;

  private final UUID machine;
  private final int epoch;
  private final byte[] salt;

  CacheHeader(UUID machine, int epoch, byte[] salt) {
    this.machine = machine;
    this.epoch = epoch;
    this.salt = salt;
  }

  UUID machine() {
    return machine;
  }

  int epoch() {
    return epoch;
  }

  byte[] salt() {
    return salt;
  }

  byte[] encode() {
    ByteBuffer out = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.put(MAGIC).putInt(VERSION).put(salt);
    out.order(ByteOrder.BIG_ENDIAN);
    out.putLong(machine.getMostSignificantBits()).putLong(machine.getLeastSignificantBits());
    out.order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(epoch);
    return out.array();
  }

  static CacheHeader decode(byte[] bytes) throws CacheFormatException {
    if (bytes.length != BYTES) {
      throw new CacheFormatException("the file ends in its header");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    byte[] magic = new byte[MAGIC.length];
    in.get(magic);
    if (!Arrays.equals(magic, MAGIC)) {
      throw new CacheFormatException("no cache file: the magic is missing");
    }
    int version = in.getInt();
    if (version != VERSION) {
      throw new CacheFormatException(
          "cache file of version " + version + ", this program knows " + VERSION);
    }
    byte[] salt = new byte[SALT_BYTES];
    in.get(salt);
    in.order(ByteOrder.BIG_ENDIAN);
    UUID machine = new UUID(in.getLong(), in.getLong());
    in.order(ByteOrder.LITTLE_ENDIAN);
    return new CacheHeader(machine, in.getInt(), salt);
  }
}
