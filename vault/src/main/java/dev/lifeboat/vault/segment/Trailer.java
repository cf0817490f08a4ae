package dev.lifeboat.vault.segment;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The last bytes of a segment: where its footer is. */
record Trailer(long footerOffset, int footerLength) {

  static final int BYTES = 32;

  private static final byte[] MAGIC = {'L', 'B', 'E', 'N', 'D', '0', '0', '1'};
  private static final int CRC_AT = 24;

  byte[] encode() {
    ByteBuffer b = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    b.put(MAGIC).putLong(footerOffset).putInt(footerLength).putInt(0);
    return b.putInt(CRC_AT, SegmentHeader.crc(b.array(), CRC_AT)).array();
  }

  /** Reads the trailer of a blob of {@code size} bytes; what it names lies within the blob. */
  static Trailer decode(byte[] bytes, long size, String blob) throws DamagedBlobException {
    if (bytes.length != BYTES || !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw new DamagedBlobException(blob, "truncated: it does not end as a segment does");
    }
    ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (b.getInt(CRC_AT) != SegmentHeader.crc(bytes, CRC_AT)) {
      throw new DamagedBlobException(blob, "its trailer was altered: wrong CRC");
    }
    Trailer trailer = new Trailer(b.getLong(8), b.getInt(16));
    boolean bounded =
        trailer.footerLength > SliceCipher.TAG
            && trailer.footerLength <= FooterCodec.MAX_SEALED
            && trailer.footerOffset >= SegmentHeader.BYTES
            && trailer.footerOffset <= size
            && trailer.footerOffset + trailer.footerLength + BYTES == size;
    if (!bounded || b.getInt(20) != 0 || b.getInt(28) != 0) {
      throw new DamagedBlobException(blob, "its trailer names a footer that does not fit");
    }
    return trailer;
  }
}
