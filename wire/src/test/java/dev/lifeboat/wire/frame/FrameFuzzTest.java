package dev.lifeboat.wire.frame;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;

/** Whatever the bytes: read as what they are, or refused by the one exception. */
class FrameFuzzTest {

  @FuzzTest(maxDuration = "30s")
  void isReadOrRefused(byte[] bytes) {
    try {
      Frame frame = Frame.decode(ByteBuffer.wrap(bytes));
      assertThat(frame.encode()).isEqualTo(bytes);
      byte[] raw = frame.raw();
      if (frame.header().kind().hasRecords()) {
        RecordVerifier.verify(frame.header(), raw, Chain.START);
      }
    } catch (CorruptFrameException expected) {
      // That is the answer to bad input.
    }
  }
}
