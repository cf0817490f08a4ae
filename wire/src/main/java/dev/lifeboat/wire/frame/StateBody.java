package dev.lifeboat.wire.frame;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What is known of the machine from here on.
 *
 * @param consistent whether the far side's image plus log equals the machine
 * @param reason why it converges; empty if it does not
 * @param bytesLeft what is left to read before it is consistent
 * @param disks the disks under capture
 */
public record StateBody(boolean consistent, String reason, long bytesLeft, List<Disk> disks) {
  /** The most disks of a machine. */
  public static final int MAX_DISKS = 1024;

  /** Bytes of a disk with empty strings. */
  private static final int SMALLEST_DISK = 2 + 1 + 8 + 4 + 2 + 2;

  /**
   * A disk under capture.
   *
   * @param id what it is called in log and vault, for ever
   * @param converging left out of points until it is equal
   * @param size bytes
   * @param sectorSize bytes of a logical sector
   * @param identity serial, WWN or bus path
   * @param name what the machine calls it now: a label only
   */
  public record Disk(
      int id, boolean converging, long size, int sectorSize, String identity, String name) {}

  public StateBody {
    disks = List.copyOf(disks);
    checkCount(disks.size());
  }

  /** The body of a STATE frame. */
  public byte[] encode() {
    FieldWriter fields = new FieldWriter().bool(consistent).string(reason).i64(bytesLeft);
    fields.u16(disks.size());
    for (Disk disk : disks) {
      fields.u16(disk.id()).bool(disk.converging()).i64(disk.size()).i32(disk.sectorSize());
      fields.string(disk.identity()).string(disk.name());
    }
    return fields.bytes();
  }

  /** Reads the body of a STATE frame. */
  public static StateBody decode(byte[] body) throws CorruptFrameException {
    FieldReader fields = new FieldReader(ByteBuffer.wrap(body));
    boolean consistent = fields.bool();
    String reason = fields.string();
    long bytesLeft = fields.u64();
    int count = readCount(fields, SMALLEST_DISK);
    List<Disk> disks = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      disks.add(
          new Disk(
              fields.u16(),
              fields.bool(),
              fields.u64(),
              fields.i32(),
              fields.string(),
              fields.string()));
    }
    fields.end();
    return new StateBody(consistent, reason, bytesLeft, disks);
  }

  static void checkCount(int count) {
    if (count > MAX_DISKS) {
      throw new IllegalArgumentException(count + " disks, at most " + MAX_DISKS + " are possible");
    }
  }

  static int readCount(FieldReader fields, int smallest) throws CorruptFrameException {
    int count = fields.u16();
    if (count > MAX_DISKS || count * smallest > fields.remaining()) {
      throw new CorruptFrameException(count + " disks in " + fields.remaining() + " bytes");
    }
    return count;
  }
}
