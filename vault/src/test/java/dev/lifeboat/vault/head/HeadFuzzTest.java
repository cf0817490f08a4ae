package dev.lifeboat.vault.head;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;

/** Whatever the bytes: a head, or refused by an IOException. */
class HeadFuzzTest {

  @FuzzTest(maxDuration = "30s")
  void isReadOrRefused(byte[] bytes) {
    try {
      Head head = Head.decode(bytes);
      assertThat(Head.decode(head.encode())).isEqualTo(head);
    } catch (IOException expected) {
      // That is the answer to bad input.
    }
  }
}
