package dev.lifeboat.testbed.azure;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What Azure asks of an uploaded image: a fixed VHD, whole MiB and a footer that says so. */
final class VhdImage {
  static final int FOOTER = 512;

  private static final long MIB = 1 << 20;
  private static final int FIXED = 2;
  private static final int VERSION = 0x00010000;
  private static final int SIZE_AT = 48;
  private static final int TYPE_AT = 60;
  private static final int CHECKSUM_AT = 64;
  private static final long LARGEST = (32L << 40) + FOOTER;

  private VhdImage() {}

  /** Refuses a size that no VHD for Azure has. */
  static void checkSize(long bytes, long smallest) {
    if (bytes < smallest || bytes > LARGEST) {
      throw ArmException.invalidParameter(
          ("The value '%d' of parameter 'disk.creationData.uploadSizeBytes' is out of range. The"
                  + " value must be between '%d' and '%d', inclusive.")
              .formatted(bytes, smallest, LARGEST));
    }
    if (bytes % MIB != FOOTER) {
      throw ArmException.invalidParameter(
          ("The value '%d' of parameter 'disk.creationData.uploadSizeBytes' is invalid. It must be a"
                  + " whole number of MiB plus 512 bytes for the VHD footer.")
              .formatted(bytes));
    }
  }

  /** Refuses a footer that is not a fixed VHD's, or that speaks of another size. */
  static void checkFooter(byte[] bytes, long uploaded, String disk, String blob) {
    String which = "disk '" + disk + "' with blob " + blob;
    ByteBuffer footer = ByteBuffer.wrap(bytes);
    String cookie = new String(bytes, 0, 8, StandardCharsets.US_ASCII);
    if (!cookie.equals("conectix")) {
      throw invalid(
          "The specified cookie value in VHD footer indicates that "
              + which
              + " is not a supported VHD. Disk is expected to have cookie value 'conectix'.");
    }
    int sum = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (i < CHECKSUM_AT || i >= CHECKSUM_AT + 4) {
        sum += Byte.toUnsignedInt(bytes[i]);
      }
    }
    if (footer.getInt(CHECKSUM_AT) != ~sum) {
      throw invalid("The checksum in the VHD footer of " + which + " does not match its content.");
    }
    if (footer.getInt(12) != VERSION || footer.getInt(TYPE_AT) != FIXED) {
      throw invalid(
          "The specified " + which + " is not a supported VHD. Only fixed VHDs are supported.");
    }
    if (footer.getLong(SIZE_AT) != uploaded - FOOTER) {
      throw invalid(
          "The specified %s has a virtual size of %d bytes in its footer, but %d bytes were uploaded."
              .formatted(which, footer.getLong(SIZE_AT), uploaded));
    }
  }

  private static ArmException invalid(String message) {
    return new ArmException(400, "InvalidVhd", message);
  }
}
