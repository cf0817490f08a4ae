package dev.lifeboat.wire.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Headers whose CRC holds and whose content does not: what a hostile peer sends. */
class FrameHeaderTest {
  private static final Span ONE = new Span(1, 2, Chain.START);

  @Test
  void isRead_whenItHolds() throws Exception {
    FrameHeader header = header(FrameKind.DATA, Codec.LZ4, ONE, new int[] {100, 99, 1});
    assertThat(FrameHeader.decode(ByteBuffer.wrap(header.encode()))).isEqualTo(header);
  }

  @Test
  void isRefused_whenALengthIsImpossible() {
    int most = FrameHeader.MAX_RAW;
    refused(header(FrameKind.DATA, Codec.NONE, ONE, new int[] {most + 1, most + 1, 1}), "too long");
    refused(header(FrameKind.DATA, Codec.LZ4, ONE, new int[] {-1, 5, 1}), "out of range");
    refused(header(FrameKind.DATA, Codec.LZ4, ONE, new int[] {100, -1, 1}), "out of range");
    refused(header(FrameKind.DATA, Codec.LZ4, ONE, new int[] {100, 100, 1}), "does not fit");
    refused(header(FrameKind.DATA, Codec.NONE, ONE, new int[] {100, 99, 1}), "does not fit");
    refused(header(FrameKind.DATA, Codec.NONE, ONE, new int[] {100, 100, 5}), "5 records");
    refused(header(FrameKind.DATA, Codec.NONE, ONE, new int[] {100, 100, 0}), "0 records");
    refused(header(FrameKind.MARK, Codec.NONE, ONE, new int[] {100, 100, 1}), "no records");
    refused(header(FrameKind.MARK, Codec.ZSTD, ONE, new int[] {100, 50, 0}), "no records");
    int control = FrameHeader.MAX_CONTROL + 1;
    refused(header(FrameKind.STATE, Codec.NONE, ONE, new int[] {control, control, 0}), "too long");
  }

  @Test
  void isRefused_whenPositionsAreImpossible() {
    int[] lengths = {24, 24, 1};
    refused(header(FrameKind.DATA, Codec.NONE, new Span(2, 1, Chain.START), lengths), "backwards");
    refused(header(FrameKind.DATA, Codec.NONE, new Span(2, 2, Chain.START), lengths), "backwards");
    refused(header(FrameKind.DATA, Codec.NONE, new Span(-2, 2, Chain.START), lengths), "range");
    refused(header(FrameKind.BASE, Codec.NONE, ONE, lengths), "one position");
  }

  @Test
  void isRefused_whenReservedOrUnknownBytesAreSet() {
    byte[] good = header(FrameKind.DATA, Codec.NONE, ONE, new int[] {24, 24, 1}).encode();
    refused(altered(good, 0, 9), "magic");
    refused(altered(good, 4, 2), "version 2");
    refused(altered(good, 5, 0), "kind 0");
    refused(altered(good, 5, 6), "kind 6");
    refused(altered(good, 6, 3), "codec 3");
    refused(altered(good, 7, 1), "reserved");
    refused(altered(good, 104, 1), "reserved");
    refused(altered(good, 123, 1), "reserved");
  }

  private static byte[] altered(byte[] header, int at, int value) {
    byte[] bytes = header.clone();
    bytes[at] = (byte) value;
    ByteBuffer.wrap(bytes).putInt(124, Integer.reverseBytes(FrameHeader.crc(bytes, 0, 124)));
    return bytes;
  }

  private static FrameHeader header(FrameKind kind, Codec codec, Span span, int[] lengths) {
    Origin origin = new Origin(new UUID(1, 2), new UUID(3, 4));
    return new FrameHeader(kind, codec, origin, 1, span, 0, lengths[0], lengths[1], lengths[2], 0);
  }

  private static void refused(FrameHeader header, String why) {
    refused(header.encode(), why);
  }

  private static void refused(byte[] header, String why) {
    assertThatThrownBy(() -> FrameHeader.decode(ByteBuffer.wrap(header)))
        .isInstanceOf(CorruptFrameException.class)
        .hasMessageContaining(why);
  }
}
