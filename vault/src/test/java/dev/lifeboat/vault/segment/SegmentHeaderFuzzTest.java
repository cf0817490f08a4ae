package dev.lifeboat.vault.segment;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Whatever the bytes: a header that encodes to them again, or refused by the one exception. */
class SegmentHeaderFuzzTest {

  @FuzzTest(maxDuration = "30s")
  void isReadOrRefused(byte[] bytes) {
    read(bytes);
    if (bytes.length >= SegmentHeader.BYTES) {
      byte[] mended = Arrays.copyOf(bytes, SegmentHeader.BYTES);
      ByteBuffer.wrap(mended)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putInt(156, SegmentHeader.crc(mended, 156));
      read(mended);
    }
    trailer(bytes);
  }

  private static void read(byte[] bytes) {
    try {
      SegmentHeader header = SegmentHeader.decode(bytes, SegmentGoldenTest.ID);
      assertThat(header.encode()).isEqualTo(Arrays.copyOf(bytes, SegmentHeader.BYTES));
    } catch (DamagedBlobException expected) {
      // That is the answer to bad input.
    }
  }

  private static void trailer(byte[] bytes) {
    try {
      Trailer trailer = Trailer.decode(bytes, 1 << 20, "blob");
      assertThat(trailer.footerOffset() + trailer.footerLength()).isLessThan(1 << 20);
    } catch (DamagedBlobException expected) {
      // That is the answer to bad input.
    }
  }
}
