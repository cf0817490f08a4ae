package dev.lifeboat.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class BtfTest {
  static byte[] mini() throws IOException {
    try (InputStream file = BtfTest.class.getResourceAsStream("mini.btf")) {
      return file.readAllBytes();
    }
  }

  @Test
  void findsMembersAlsoInAnonymousOnes() throws IOException {
    Btf btf = Btf.parse(mini());
    assertThat(btf.size("outer")).isEqualTo(24);
    assertThat(btf.offset("inner", "b")).isEqualTo(4);
    assertThat(btf.offset("outer", "first")).isZero();
    assertThat(btf.offset("outer", "y")).isEqualTo(8);
    assertThat(btf.offset("outer", "last")).isEqualTo(16);
    assertThat(btf.find("outer", "missing")).isEmpty();
    assertThat(btf.hasStructure("inner")).isTrue();
    assertThat(btf.hasStructure("int")).isFalse();
  }

  @Test
  void refusesBitFieldsAndWhatIsNotThere() throws IOException {
    Btf btf = Btf.parse(mini());
    assertThatThrownBy(() -> btf.offset("outer", "flag")).hasMessageContaining("bit-field");
    assertThatThrownBy(() -> btf.offset("outer", "none")).hasMessageContaining("outer has no none");
    assertThatThrownBy(() -> btf.size("nobody")).hasMessageContaining("no struct nobody");
    assertThatThrownBy(() -> btf.argument("nothing", "outer")).hasMessageContaining("nothing");
    assertThatThrownBy(() -> btf.argument("mini", "other")).hasMessageContaining("no struct other");
  }

  @Test
  void findsArgumentsBehindConstAndConstants() throws IOException {
    Btf btf = Btf.parse(mini());
    assertThat(btf.argument("mini", "inner")).isZero();
    assertThat(btf.argument("mini", "outer")).isEqualTo(1);
    assertThat(btf.constant("__MINI_BIT")).hasValue(17);
    assertThat(btf.constant("MINI_BIG")).hasValue(5);
    assertThat(btf.constant("MINI")).isEmpty();
  }

  @Test
  void readsTheRunningKernel() throws IOException {
    Btf btf = Btf.ofKernel();
    assertThat(Integer.bitCount(btf.size("page"))).isOne();
    assertThat(btf.offset("bio", "bi_iter")).isPositive();
    assertThat(btf.argument("block_bio_queue", "bio")).isBetween(0, 1);
    assertThat(btf.constant("REQ_OP_WRITE")).hasValue(1);
  }

  @Test
  void brokenBytesAreAnIoException() throws IOException {
    byte[] whole = mini();
    assertThatThrownBy(() -> Btf.parse(new byte[0])).isInstanceOf(IOException.class);
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> Btf.parse(cut)).isInstanceOf(IOException.class);
    }
  }
}
