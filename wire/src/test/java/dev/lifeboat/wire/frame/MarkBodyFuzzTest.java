package dev.lifeboat.wire.frame;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Whatever the bytes: read as what they are, or refused by the one exception. */
class MarkBodyFuzzTest {

  @FuzzTest(maxDuration = "30s")
  void isReadOrRefused(byte[] bytes) {
    try {
      assertThat(MarkBody.decode(bytes).encode()).isEqualTo(bytes);
    } catch (CorruptFrameException expected) {
      // That is the answer to bad input.
    }
  }
}
