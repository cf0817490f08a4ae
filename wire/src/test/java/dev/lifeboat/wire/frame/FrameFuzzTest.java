package dev.lifeboat.wire.frame;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Whatever the bytes: read as what they are, or refused by the one exception. */
class FrameFuzzTest {

  @FuzzTest(maxDuration = "30s")
  void isReadOrRefused(byte[] bytes) {
    read(bytes);
    if (bytes.length >= FrameHeader.BYTES) {
      read(mended(bytes));
    }
  }

  /**
   * With CRCs and stored length that hold, as a hostile peer sends it: what they guard is reached.
   */
  private static byte[] mended(byte[] bytes) {
    ByteBuffer frame = ByteBuffer.wrap(bytes.clone()).order(ByteOrder.LITTLE_ENDIAN);
    int body = bytes.length - FrameHeader.BYTES;
    frame.putInt(92, body);
    frame.putInt(100, FrameHeader.crc(bytes, FrameHeader.BYTES, body));
    frame.putInt(124, FrameHeader.crc(frame.array(), 0, 124));
    return frame.array();
  }

  private static void read(byte[] bytes) {
    try {
      Frame frame = Frame.decode(ByteBuffer.wrap(bytes));
      assertThat(frame.encode()).isEqualTo(bytes);
      byte[] raw = frame.raw();
      assertThat(raw).hasSize(frame.header().rawLength());
      if (frame.header().kind().hasRecords()) {
        RecordVerifier.verify(frame.header(), raw, Chain.START);
      }
    } catch (CorruptFrameException expected) {
      // That is the answer to bad input.
    }
  }
}
