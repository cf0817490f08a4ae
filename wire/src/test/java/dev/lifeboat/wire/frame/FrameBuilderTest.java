package dev.lifeboat.wire.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FrameBuilderTest {
  private final Origin origin = new Origin(new UUID(1, 2), new UUID(3, 4));
  private final Compressor compressor = new Compressor();
  private final FrameBuilder builder = FrameBuilder.data(origin, 100, Chain.START);

  @AfterEach
  void close() {
    compressor.close();
  }

  @Test
  void givesTheSameChain_whateverTheFraming() throws Exception {
    byte[] content = new byte[4096];
    FrameBuilder single = FrameBuilder.data(origin, 100, Chain.START);
    for (int i = 1; i <= 50; i++) {
      content[0] = (byte) i;
      add(builder, content, 100 + i);
      add(single, content, 100 + i);
      if (i < 50) {
        single.build(Codec.LZ4, compressor, 0);
      }
    }
    Frame many = builder.build(Codec.ZSTD, compressor, 0);
    Frame last = single.build(Codec.NONE, compressor, 0);
    assertThat(last.header().span().chain()).isEqualTo(many.header().span().chain());
    assertThat(last.header().span().from()).isEqualTo(149);
    assertThat(many.header().span()).extracting(Span::from, Span::to).containsExactly(100L, 150L);
    assertThat(RecordVerifier.verify(many.header(), many.raw(), Chain.START))
        .isEqualTo(builder.chain());
  }

  @Test
  void takesTheLargestWriteWhole_andNoLargerOne() throws Exception {
    byte[] content = new byte[FrameBuilder.MAX_PAYLOAD];
    new Random(1).nextBytes(content);
    assertThat(builder.fits(content.length)).isTrue();
    add(builder, content, 101);
    assertThat(builder.isFull()).isTrue();
    assertThat(builder.fits(1)).isFalse();
    assertThatThrownBy(() -> builder.beginWrite(0, 0, 512, 102)).hasMessageContaining("full");
    Frame frame = builder.build(Codec.LZ4, compressor, 0);
    assertThat(frame.header().codec()).isEqualTo(Codec.NONE);
    RecordCursor cursor = new RecordCursor(frame.raw());
    assertThat(cursor.next()).isTrue();
    assertThat(cursor.length()).isEqualTo(content.length);
    assertThat(cursor.next()).isFalse();
    assertThatThrownBy(() -> builder.beginWrite(0, 0, content.length + 1, 103))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void cutsNoWrite() {
    builder.beginWrite(0, 0, 1024, 101);
    builder.payload(new byte[512], 0, 512);
    assertThatThrownBy(() -> builder.build(Codec.NONE, compressor, 0))
        .hasMessageContaining("no record");
    assertThatThrownBy(() -> builder.beginWrite(0, 0, 512, 102)).hasMessageContaining("missing");
    assertThatThrownBy(() -> builder.payload(new byte[513], 0, 513))
        .isInstanceOf(IllegalArgumentException.class);
    builder.payload(new byte[512], 0, 512);
    assertThat(builder.build(Codec.NONE, compressor, 0).header().records()).isEqualTo(1);
  }

  @Test
  void refusesPositionsThatRunBack() {
    assertThatThrownBy(() -> builder.beginWrite(0, 0, 512, 100)).hasMessageContaining("position");
    add(builder, new byte[512], 200);
    assertThatThrownBy(() -> builder.beginWrite(0, 0, 512, 199)).hasMessageContaining("position");
  }

  @Test
  void cutsARange_whenItIsLongerThanARecordCanSay() throws Exception {
    long size = (5L << 31) + 512;
    builder.range(RecordKind.ZERO, 3, 1024, size, 101);
    Frame frame = builder.build(Codec.NONE, compressor, 0);
    RecordCursor cursor = new RecordCursor(frame.raw());
    long at = 1024;
    while (cursor.next()) {
      assertThat(cursor.offset()).isEqualTo(at);
      assertThat(cursor.disk()).isEqualTo(3);
      at += cursor.length();
    }
    assertThat(at).isEqualTo(1024 + size);
    assertThat(frame.header().records()).isEqualTo(6);
    assertThat(RecordVerifier.verify(frame.header(), frame.raw(), Chain.START))
        .isEqualTo(frame.header().span().chain());
  }

  @Test
  void storesPlain_whenNothingIsGained() {
    byte[] noise = new byte[256 * 1024];
    new Random(2).nextBytes(noise);
    for (Codec codec : Codec.values()) {
      add(builder, noise, builder.position() + 1);
      assertThat(builder.build(codec, compressor, 0).header().codec()).isEqualTo(Codec.NONE);
    }
    for (int i = noise.length / 2; i < noise.length; i++) {
      noise[i] = 0;
    }
    for (Codec codec : new Codec[] {Codec.LZ4, Codec.ZSTD}) {
      add(builder, noise, builder.position() + 1);
      FrameHeader header = builder.build(codec, compressor, 0).header();
      assertThat(header.codec()).isEqualTo(codec);
      assertThat(header.storedLength()).isLessThan(header.rawLength() * 6 / 10);
    }
  }

  @Test
  void leavesTheChain_whenItBuildsBase() throws Exception {
    FrameBuilder base = FrameBuilder.base(origin, 100, new Chain(1, 1));
    add(base, new byte[4096], 100);
    base.range(RecordKind.ZERO, 0, 8192, 4096, 100);
    assertThatThrownBy(() -> base.beginWrite(0, 0, 512, 101)).hasMessageContaining("position");
    Frame frame = base.build(Codec.LZ4, compressor, 0);
    assertThat(frame.header().span()).isEqualTo(Span.at(100, new Chain(1, 1)));
    assertThat(RecordVerifier.verify(frame.header(), frame.raw(), new Chain(1, 1)))
        .isEqualTo(new Chain(1, 1));
  }

  @Test
  void makesWhatANewOneWould_whenItHasMoved() {
    FrameBuilder moved = FrameBuilder.base(origin, 100, new Chain(1, 1));
    add(moved, new byte[512], 100);
    assertThatThrownBy(() -> moved.moveTo(origin, 200, new Chain(2, 2)))
        .hasMessageContaining("another place");
    moved.build(Codec.LZ4, compressor, 0);
    Origin elsewhere = new Origin(origin.machine(), new UUID(7, 7));
    moved.moveTo(elsewhere, 200, new Chain(2, 2));
    FrameBuilder made = FrameBuilder.base(elsewhere, 200, new Chain(2, 2));
    add(moved, new byte[4096], 200);
    add(made, new byte[4096], 200);
    assertThat(moved.build(Codec.LZ4, compressor, 5).header())
        .isEqualTo(made.build(Codec.LZ4, compressor, 5).header());
  }

  private static void add(FrameBuilder target, byte[] content, long position) {
    target.beginWrite(0, 4096, content.length, position);
    target.payload(content, 0, content.length);
  }
}
