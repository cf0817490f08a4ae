package dev.lifeboat.vault.segment;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.github.luben.zstd.Zstd;
import dev.lifeboat.wire.frame.CorruptFrameException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Whatever the bytes, before and behind the compression: a footer, or refused. */
class FooterFuzzTest {

  @FuzzTest(maxDuration = "30s")
  void isReadOrRefused(byte[] bytes) {
    read(bytes);
    byte[] packed = Zstd.compress(bytes, 1);
    read(
        ByteBuffer.allocate(4 + packed.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(bytes.length)
            .put(packed)
            .array());
  }

  private static void read(byte[] bytes) {
    try {
      Footer footer = FooterCodec.decode(bytes, bytes.length);
      Footer again = decodeAgain(footer);
      assertThat(again.chunks()).isEqualTo(footer.chunks());
      assertThat(again.marks()).isEqualTo(footer.marks());
      assertThat(again.log().size()).isEqualTo(footer.log().size());
    } catch (CorruptFrameException expected) {
      // That is the answer to bad input.
    }
  }

  private static Footer decodeAgain(Footer footer) {
    byte[] encoded = FooterCodec.encode(footer);
    try {
      return FooterCodec.decode(encoded, encoded.length);
    } catch (CorruptFrameException e) {
      throw new AssertionError("what was read cannot be read again", e);
    }
  }
}
