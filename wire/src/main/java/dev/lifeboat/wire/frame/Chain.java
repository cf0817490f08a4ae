package dev.lifeboat.wire.frame;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hasher128;
import com.dynatrace.hash4j.hashing.Hashing;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.UUID;

/**
 * The rolling hash over captured records in position order. Two sides that hold the same chain at a
 * position hold the same records before it. Not a defence against forgery: that is what TLS and the
 * vault's tags are for.
 *
 * @param high the first eight bytes, big-endian
 * @param low the last eight bytes, big-endian
 */
public record Chain(long high, long low) {
  /** Bytes of an encoded chain. */
  public static final int BYTES = 16;

  /** No records and no boot: what a side that holds nothing has. */
  public static final Chain START = new Chain(0, 0);

  private static final Hasher128 HASHER = Hashing.xxh3_128();
  private static final VarHandle BIG_ENDIAN =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /** The chain that a boot begins with. */
  public static Chain ofBoot(UUID lineage, UUID bootId) {
    byte[] both = new byte[2 * BYTES];
    new Chain(lineage.getMostSignificantBits(), lineage.getLeastSignificantBits()).encode(both, 0);
    new Chain(bootId.getMostSignificantBits(), bootId.getLeastSignificantBits())
        .encode(both, BYTES);
    return of(HASHER.hashBytesTo128Bits(both, 0, both.length));
  }

  /** The chain behind one more record: {@code length} bytes of header and payload. */
  public Chain next(byte[] body, int offset, int length) {
    HashValue128 record = HASHER.hashBytesTo128Bits(body, offset, length);
    byte[] both = new byte[2 * BYTES];
    encode(both, 0);
    of(record).encode(both, BYTES);
    return of(HASHER.hashBytesTo128Bits(both, 0, both.length));
  }

  private static Chain of(HashValue128 hash) {
    return new Chain(hash.getMostSignificantBits(), hash.getLeastSignificantBits());
  }

  /** Writes the 16 bytes. */
  public void encode(byte[] target, int offset) {
    BIG_ENDIAN.set(target, offset, high);
    BIG_ENDIAN.set(target, offset + Long.BYTES, low);
  }

  /** The 16 bytes. */
  public byte[] encode() {
    byte[] bytes = new byte[BYTES];
    encode(bytes, 0);
    return bytes;
  }

  /** Reads the 16 bytes. */
  public static Chain decode(byte[] source, int offset) {
    return new Chain(
        (long) BIG_ENDIAN.get(source, offset), (long) BIG_ENDIAN.get(source, offset + Long.BYTES));
  }

  @Override
  public String toString() {
    return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
  }
}
