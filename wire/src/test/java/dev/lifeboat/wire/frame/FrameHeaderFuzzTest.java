package dev.lifeboat.wire.frame;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Whatever the bytes: read as what they are, or refused by the one exception. */
class FrameHeaderFuzzTest {

  @FuzzTest(maxDuration = "30s")
  void isReadOrRefused(byte[] bytes) {
    try {
      FrameHeader header = FrameHeader.decode(ByteBuffer.wrap(bytes));
      assertThat(header.encode()).isEqualTo(Arrays.copyOf(bytes, FrameHeader.BYTES));
    } catch (CorruptFrameException expected) {
      // That is the answer to bad input.
    }
  }
}
