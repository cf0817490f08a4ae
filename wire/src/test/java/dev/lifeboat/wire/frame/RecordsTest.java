package dev.lifeboat.wire.frame;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Bodies whose CRC holds and whose records do not. */
class RecordsTest {
  private final byte[] good = body();

  @Test
  void areRefused_whenBroken() {
    refused(altered(0, 0), "kind 0");
    refused(altered(0, 6), "kind 6");
    refused(altered(1, 1), "reserved");
    refused(altered(4, 0xFF), "payload");
    refused(altered(15, 0x80), "impossible");
    refused(altered(23, 0x80), "impossible");
    refused(altered(5, 0), "impossible");
    refused(Arrays.copyOf(good, good.length - 1), "payload");
    refused(Arrays.copyOf(good, good.length + 23), "record header");
  }

  @Test
  void areRefused_whenTheyDoNotFitTheHeader() {
    verifyFails(new Span(10, 20, Chain.START), 1, "out of order");
    verifyFails(new Span(100, 120, Chain.START), 1, "out of order");
    verifyFails(new Span(99, 99, Chain.START), 1, "out of order");
    verifyFails(new Span(99, 100, Chain.START), 2, "1 records, not 2");
  }

  private void verifyFails(Span span, int records, String why) {
    FrameHeader header =
        new FrameHeader(
            FrameKind.DATA,
            Codec.NONE,
            new Origin(new UUID(1, 2), new UUID(3, 4)),
            1,
            span,
            0,
            good.length,
            good.length,
            records,
            0);
    assertThatThrownBy(() -> RecordVerifier.verify(header, good, Chain.START))
        .isInstanceOf(CorruptFrameException.class)
        .hasMessageContaining(why);
  }

  private static byte[] body() {
    byte[] body = new byte[RecordCursor.HEADER + 512];
    RecordCursor.put(body, 0, RecordKind.WRITE, new RecordRange(0, 4096, 512, 100));
    return body;
  }

  private byte[] altered(int at, int value) {
    byte[] bytes = good.clone();
    bytes[at] = (byte) value;
    return bytes;
  }

  private static void refused(byte[] body, String why) {
    RecordCursor cursor = new RecordCursor(body);
    assertThatThrownBy(
            () -> {
              while (cursor.next()) {
                // Walk on until the fault.
              }
            })
        .isInstanceOf(CorruptFrameException.class)
        .hasMessageContaining(why);
  }
}
