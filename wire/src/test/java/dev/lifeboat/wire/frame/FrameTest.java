package dev.lifeboat.wire.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lifeboat.wire.Golden;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class FrameTest {
  private static final Origin ORIGIN = new Origin(new UUID(1, 2), new UUID(3, 4));

  @Test
  void survivesAnyLog_whenEncodedAndDecoded() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("FrameTest seed " + seed);
    try (RandomFrames frames = new RandomFrames(seed);
        Decompressor decompressor = new Decompressor()) {
      Chain chain = frames.chain();
      for (int i = 0; i < 200; i++) {
        Frame frame = frames.any();
        Frame back = Frame.decode(ByteBuffer.wrap(frame.encode()));
        assertThat(back.header()).isEqualTo(frame.header());
        assertThat(back.body()).isEqualTo(frame.body());
        byte[] raw = decompressor.raw(back);
        assertThat(raw).isEqualTo(back.raw()).hasSize(frame.header().rawLength());
        FrameKind kind = frame.header().kind();
        if (kind.hasRecords()) {
          chain = RecordVerifier.verify(frame.header(), raw, chain);
        } else if (kind == FrameKind.GAP) {
          chain = frame.header().span().chain();
        }
        assertThat(frame.header().span().chain()).as("seed %d, frame %d", seed, i).isEqualTo(chain);
      }
    }
  }

  @Test
  void isRefused_whenAnyByteIsAltered() {
    try (RandomFrames frames = new RandomFrames(7)) {
      byte[] bytes = frames.data(2, 512).encode();
      for (int i = 0; i < bytes.length; i++) {
        byte[] damaged = bytes.clone();
        damaged[i] ^= (byte) (1 << (i % 8));
        assertThatThrownBy(() -> Frame.decode(ByteBuffer.wrap(damaged)).raw())
            .as("byte %d", i)
            .isInstanceOf(CorruptFrameException.class);
      }
    }
  }

  @Test
  void isRefused_whenCutAnywhere() {
    try (RandomFrames frames = new RandomFrames(8)) {
      byte[] bytes = frames.data(2, 512).encode();
      for (int i = 0; i < bytes.length; i++) {
        int length = i;
        assertThatThrownBy(() -> Frame.decode(ByteBuffer.wrap(bytes, 0, length)))
            .isInstanceOf(CorruptFrameException.class);
      }
    }
  }

  @Test
  void sharesItsBody_whenStamped() {
    try (RandomFrames frames = new RandomFrames(9)) {
      Frame frame = frames.data();
      Frame stamped = frame.withSequence(4711);
      assertThat(stamped.header().sequence()).isEqualTo(4711);
      assertThat(stamped.body()).isSameAs(frame.body());
      assertThat(stamped.header().withSequence(frame.header().sequence()))
          .isEqualTo(frame.header());
    }
  }

  @Test
  void keepsItsBytes() throws Exception {
    byte[] payload = "the content of a sector".getBytes(StandardCharsets.US_ASCII);
    FrameBuilder builder = FrameBuilder.data(ORIGIN, 1L << 48, Chain.START);
    builder.beginWrite(0, 4096, payload.length, (1L << 48) + 64);
    builder.payload(payload, 0, payload.length);
    builder.range(RecordKind.ZERO, 1, 8192, 65536, (1L << 48) + 128);
    builder.range(RecordKind.UNMAP, 1, 0, 512, (1L << 48) + 192);
    builder.range(RecordKind.DEFERRED, 2, 512, 1 << 20, (1L << 48) + 256);
    builder.range(RecordKind.SELF, 0, 1 << 30, 4096, (1L << 48) + 320);
    try (Compressor compressor = new Compressor()) {
      check("frame-data", builder.build(Codec.NONE, compressor, 123_456_789L).withSequence(42));
    }
    Span span = Span.at(77, new Chain(5, 6));
    MarkBody mark =
        new MarkBody(new UUID(7, 8), 99, 1_700_000_000_000L, true, "nightly", List.of(0, 3));
    check("frame-mark", Frame.control(FrameKind.MARK, ORIGIN, span, 1, mark.encode()));
    StateBody state =
        new StateBody(
            false,
            "first copy",
            1 << 30,
            List.of(new StateBody.Disk(3, true, 1L << 40, 512, "serial-1", "sda")));
    check("frame-state", Frame.control(FrameKind.STATE, ORIGIN, span, 2, state.encode()));
    Span gap = new Span(77, 99, new Chain(9, 10));
    check(
        "frame-gap",
        Frame.control(FrameKind.GAP, ORIGIN, gap, 3, new GapBody("cache lost").encode()));
    assertThat(MarkBody.decode(goldenBody("frame-mark"))).isEqualTo(mark);
    assertThat(StateBody.decode(goldenBody("frame-state"))).isEqualTo(state);
    assertThat(GapBody.decode(goldenBody("frame-gap")).reason()).isEqualTo("cache lost");
  }

  private static void check(String name, Frame frame) throws Exception {
    Golden.check(name, frame.encode());
    assertThat(Frame.decode(ByteBuffer.wrap(Golden.read(name))).header()).isEqualTo(frame.header());
  }

  private static byte[] goldenBody(String name) throws Exception {
    return Frame.decode(ByteBuffer.wrap(Golden.read(name))).raw();
  }
}
