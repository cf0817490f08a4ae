package dev.lifeboat.wire.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.lifeboat.wire.frame.CorruptFrameException;
import java.nio.ByteBuffer;

/** Whatever the bytes: read as what they are, or refused by the one exception. */
class HelloFuzzTest {

  @FuzzTest(maxDuration = "30s")
  void isReadOrRefused(byte[] bytes) {
    try {
      Message hello = SmallMessages.decode(MessageType.HELLO, ByteBuffer.wrap(bytes));
      assertThat(SmallMessages.encode(hello)).isEqualTo(bytes);
    } catch (CorruptFrameException expected) {
      // That is the answer to bad input.
    }
  }
}
