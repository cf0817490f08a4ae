package dev.lifeboat.wire.protocol;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.lifeboat.wire.frame.CorruptFrameException;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;

/** A stream of whatever bytes, in chunks, behind a HELLO: messages or one exception. */
class MessageDecoderFuzzTest {

  @FuzzTest(maxDuration = "30s")
  void isReadOrRefused(byte[] bytes) {
    for (Side side : Side.values()) {
      EmbeddedChannel channel = new EmbeddedChannel(new MessageDecoder(side));
      if (side == Side.SERVER) {
        byte[] hello = MessageCodecTest.encode(MessageCodecTest.HELLO);
        channel.writeInbound(Unpooled.wrappedBuffer(hello));
        channel.pipeline().get(MessageDecoder.class).acceptFrames();
      }
      try {
        for (int at = 0; at < bytes.length; at += 61) {
          int part = Math.min(61, bytes.length - at);
          channel.writeInbound(Unpooled.copiedBuffer(bytes, at, part));
        }
      } catch (DecoderException e) {
        if (!(e.getCause() instanceof CorruptFrameException)) {
          throw e;
        }
      } finally {
        channel.finishAndReleaseAll();
      }
    }
  }
}
