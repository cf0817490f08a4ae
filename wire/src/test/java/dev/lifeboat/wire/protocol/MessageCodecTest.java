package dev.lifeboat.wire.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lifeboat.wire.Golden;
import dev.lifeboat.wire.LeakGuard;
import dev.lifeboat.wire.frame.Chain;
import dev.lifeboat.wire.frame.CorruptFrameException;
import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.FrameHeader;
import dev.lifeboat.wire.frame.RandomFrames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakGuard.class)
class MessageCodecTest {
  static final Message.Hello HELLO =
      new Message.Hello(
          new UUID(1, 2),
          "VMware 42 ✓",
          new UUID(3, 4),
          new UUID(5, 6),
          1L << 49,
          new Chain(7, 8),
          "0.1.0");

  @Test
  void keepsItsBytes() throws Exception {
    golden("message-hello", HELLO);
    golden(
        "message-welcome",
        new Message.Welcome(9, new UUID(5, 6), 10, 1L << 49, new Chain(7, 8), 5, 1 << 24));
    golden("message-refuse", new Message.Refuse(Refusal.TWO_LIVE_BOOTS, "two boots are alive"));
    golden("message-ack", new Message.Ack(12, 11));
    golden("message-credit", new Message.Credit(65536));
    golden("message-ping", new Message.Ping(13, 14));
    golden("message-pong", new Message.Pong(13, 15));
    Frame frame = Frame.decode(ByteBuffer.wrap(Golden.read("frame-mark")));
    golden("message-frame", new Message.FrameMessage(frame));
  }

  private static void golden(String name, Message message) {
    byte[] bytes = encode(message);
    Golden.check(name, bytes);
    boolean server = MessageType.of(message).mayReach(Side.SERVER);
    EmbeddedChannel channel = new EmbeddedChannel(decoder(server ? Side.SERVER : Side.AGENT));
    if (server && !(message instanceof Message.Hello)) {
      greet(channel);
    }
    channel.writeInbound(Unpooled.wrappedBuffer(bytes));
    Message back = channel.readInbound();
    if (message instanceof Message.FrameMessage(Frame sent)
        && back instanceof Message.FrameMessage(Frame received)) {
      assertThat(received.encode()).isEqualTo(sent.encode());
    } else {
      assertThat(back).isEqualTo(message);
    }
    assertThat(channel.finish()).isFalse();
  }

  @Test
  void deliversEverything_whateverTheChunks() {
    long seed = new Random().nextLong();
    System.out.println("MessageCodecTest seed " + seed);
    Random random = new Random(seed);
    try (RandomFrames frames = new RandomFrames(seed)) {
      List<Frame> sent = new ArrayList<>();
      ByteBuf stream = Unpooled.buffer();
      for (int i = 0; i < 60; i++) {
        Frame frame = frames.any();
        sent.add(frame);
        stream.writeBytes(encode(new Message.FrameMessage(frame)));
        stream.writeBytes(encode(new Message.Ping(i, i)));
      }
      EmbeddedChannel channel = new EmbeddedChannel(decoder(Side.SERVER));
      greet(channel);
      while (stream.isReadable()) {
        int most = random.nextInt(10) == 0 ? 100_000 : 300;
        int part = Math.min(stream.readableBytes(), 1 + random.nextInt(most));
        ByteBuf chunk = channel.alloc().buffer(part);
        channel.writeInbound(chunk.writeBytes(stream, part));
        assertThat(chunk.refCnt()).as("seed %d", seed).isLessThanOrEqualTo(1);
      }
      for (int i = 0; i < sent.size(); i++) {
        Message.FrameMessage frame = channel.readInbound();
        assertThat(frame.frame().encode()).isEqualTo(sent.get(i).encode());
        assertThat(channel.<Message>readInbound()).isEqualTo(new Message.Ping(i, i));
      }
      assertThat(channel.finish()).isFalse();
      stream.release();
    }
  }

  @Test
  void releasesEveryBuffer() {
    try (RandomFrames frames = new RandomFrames(3)) {
      EmbeddedChannel sender = new EmbeddedChannel(new MessageEncoder());
      sender.writeOutbound(new Message.FrameMessage(frames.data()), new Message.Ping(1, 2));
      List<ByteBuf> buffers = new ArrayList<>();
      EmbeddedChannel receiver = new EmbeddedChannel(decoder(Side.SERVER));
      greet(receiver);
      for (ByteBuf part = sender.readOutbound(); part != null; part = sender.readOutbound()) {
        buffers.add(part);
        receiver.writeInbound(part);
      }
      assertThat(receiver.inboundMessages()).hasSize(2);
      assertThat(buffers).hasSize(3).allSatisfy(part -> assertThat(part.refCnt()).isZero());
      // A frame cut off by the end of the connection holds nothing either.
      byte[] whole = encode(new Message.FrameMessage(frames.data()));
      receiver.writeInbound(Unpooled.copiedBuffer(whole, 0, 200));
      receiver.finishAndReleaseAll();
      sender.finishAndReleaseAll();
    }
  }

  @Test
  void hearsOnlyHello_beforeIt() {
    refused(Side.SERVER, false, encode(new Message.Ping(1, 1)), "PING before HELLO");
    refused(Side.SERVER, false, prefix(4, 129), "FRAME before HELLO");
    refused(Side.SERVER, false, prefix(1, MessageDecoder.MAX_SMALL + 1), "of 8193 bytes");
    refused(Side.SERVER, false, prefix(1, -1), "4294967295 bytes");
    refused(Side.SERVER, false, prefix(1, 0), "of 0 bytes");
    refused(Side.SERVER, false, prefix(0, 10), "type 0");
    refused(Side.SERVER, false, prefix(9, 10), "type 9");
    refused(Side.SERVER, false, prefix(2, 10), "unexpected message WELCOME");
  }

  @Test
  void hearsFrames_onlyOnceTheyAreAccepted() {
    EmbeddedChannel channel = new EmbeddedChannel(new MessageDecoder(Side.SERVER));
    channel.writeInbound(Unpooled.wrappedBuffer(encode(HELLO)));
    assertThatThrownBy(() -> channel.writeInbound(Unpooled.wrappedBuffer(prefix(4, 129))))
        .hasMessageContaining("FRAME before WELCOME");
    channel.finishAndReleaseAll();
    refused(Side.SERVER, true, encode(HELLO), "a second HELLO");
    refused(Side.AGENT, false, prefix(4, 129), "unexpected message FRAME");
    refused(Side.AGENT, false, encode(HELLO), "unexpected message HELLO");
  }

  @Test
  void waitsForNoFrame_thatIsImpossible() {
    refused(Side.SERVER, true, prefix(4, 128), "FRAME of 128 bytes");
    refused(Side.SERVER, true, prefix(4, 130 + FrameHeader.MAX_RAW), "FRAME of");
    try (RandomFrames frames = new RandomFrames(4)) {
      byte[] longer = encode(new Message.FrameMessage(frames.data(1, 512)));
      longer[0]++;
      refused(Side.SERVER, true, longer, "with a frame of");
      byte[] damaged = encode(new Message.FrameMessage(frames.data(1, 512)));
      damaged[20]++;
      refused(Side.SERVER, true, damaged, "CRC");
    }
  }

  @Test
  void saysWhichProtocolItSpeaks() {
    byte[] hello = encode(HELLO);
    hello[5] = 2;
    refused(Side.SERVER, false, hello, "protocol version 2 is not spoken here, version 1 is");
  }

  @Test
  void hearsNothing_afterBadInput() {
    EmbeddedChannel channel = new EmbeddedChannel(new MessageDecoder(Side.SERVER));
    assertThatThrownBy(() -> channel.writeInbound(Unpooled.wrappedBuffer(prefix(0, 10))))
        .isInstanceOf(DecoderException.class)
        .hasCauseInstanceOf(CorruptFrameException.class);
    assertThat(channel.writeInbound(Unpooled.wrappedBuffer(encode(HELLO)))).isFalse();
    assertThat(channel.finish()).isFalse();
  }

  @Test
  void opensOnlyBehindHello() {
    assertThatThrownBy(() -> new MessageDecoder(Side.SERVER).acceptFrames())
        .isInstanceOf(IllegalStateException.class);
  }

  private static void refused(Side side, boolean greeted, byte[] bytes, String why) {
    EmbeddedChannel channel = new EmbeddedChannel(decoder(side));
    if (greeted) {
      greet(channel);
    }
    assertThatThrownBy(() -> channel.writeInbound(Unpooled.wrappedBuffer(bytes)))
        .isInstanceOf(DecoderException.class)
        .hasCauseInstanceOf(CorruptFrameException.class)
        .hasMessageContaining(why);
    channel.finishAndReleaseAll();
  }

  private static MessageDecoder decoder(Side side) {
    return new MessageDecoder(side);
  }

  private static void greet(EmbeddedChannel channel) {
    channel.writeInbound(Unpooled.wrappedBuffer(encode(HELLO)));
    assertThat(channel.<Message>readInbound()).isEqualTo(HELLO);
    channel.pipeline().get(MessageDecoder.class).acceptFrames();
  }

  private static byte[] prefix(int type, int length) {
    return ByteBuffer.allocate(5).putInt(Integer.reverseBytes(length)).put((byte) type).array();
  }

  static byte[] encode(Message message) {
    EmbeddedChannel channel = new EmbeddedChannel(new MessageEncoder());
    channel.writeOutbound(message);
    ByteBuf all = Unpooled.buffer();
    for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
      all.writeBytes(part);
      part.release();
    }
    channel.finishAndReleaseAll();
    byte[] bytes = ByteBufUtil.getBytes(all);
    all.release();
    return bytes;
  }
}
