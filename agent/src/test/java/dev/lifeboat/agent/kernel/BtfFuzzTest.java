package dev.lifeboat.agent.kernel;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;

/** Whatever the bytes, the reader answers or says what is wrong. */
class BtfFuzzTest {
  @FuzzTest(maxDuration = "30s")
  void neverBreaks(byte[] file) {
    try {
      Btf btf = Btf.parse(file);
      btf.constant("MINI_BIG");
      btf.find("outer", "y");
      btf.argument("mini", "outer");
    } catch (IOException expected) {
      // said what is wrong
    }
  }
}
