package dev.lifeboat.vault.blob;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * The 512 bytes that make a raw disk a fixed VHD, as Azure takes it for a direct upload: the disk
 * is padded to whole MiB, and the current size, not the geometry, is what counts. Pure.
 */
public final class VhdFooter {

  /** Length of the footer. */
  public static final int BYTES = 512;

  private static final long MIB = 1 << 20;
  private static final int FIXED = 2;
  private static final int CHECKSUM_AT = 64;

  /** Tools trust the size field, instead of the geometry's rounding, of this creator. */
  private static final int CREATOR = 0x77696E20;

  private static final int WINDOWS = 0x5769326B;

  private VhdFooter() {}

  /** Bytes of the disk within its VHD. */
  public static long paddedSize(long size) {
    return (size + MIB - 1) / MIB * MIB;
  }

  /** The footer of a disk of so many bytes, padded or not. */
  public static byte[] of(long diskSize) {
    long size = paddedSize(diskSize);
    ByteBuffer b = ByteBuffer.allocate(BYTES);
    b.put("conectix".getBytes(StandardCharsets.US_ASCII));
    b.putInt(2).putInt(0x00010000).putLong(-1L).putInt(0);
    b.putInt(CREATOR).putInt(0x000A0000).putInt(WINDOWS);
    b.putLong(size).putLong(size).putInt(geometry(size)).putInt(FIXED).putInt(0);
    UUID id = UUID.nameUUIDFromBytes(ByteBuffer.allocate(8).putLong(size).array());
    b.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    int sum = 0;
    for (byte x : b.array()) {
      sum += Byte.toUnsignedInt(x);
    }
    return b.putInt(CHECKSUM_AT, ~sum).array();
  }

  /** Cylinders, heads and sectors as the format's own appendix computes them. */
  private static int geometry(long size) {
    long sectors = Math.min(size / 512, 65535L * 16 * 255);
    long perTrack = 255;
    long heads = 16;
    long tracks = sectors / perTrack;
    if (sectors < 65536L * 16 * 63) {
      perTrack = 17;
      tracks = sectors / perTrack;
      heads = Math.max(4, (tracks + 1023) / 1024);
      if (tracks >= heads * 1024 || heads > 16) {
        perTrack = 31;
        heads = 16;
        tracks = sectors / perTrack;
      }
      if (tracks >= heads * 1024) {
        perTrack = 63;
        heads = 16;
        tracks = sectors / perTrack;
      }
    }
    return (int) (((tracks / heads) << 16) | (heads << 8) | perTrack);
  }
}
