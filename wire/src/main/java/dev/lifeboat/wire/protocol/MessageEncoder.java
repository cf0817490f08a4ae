package dev.lifeboat.wire.protocol;

import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.FrameHeader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.MessageToMessageEncoder;
import java.util.List;

/**
 * {@link Message}s into bytes. The body of a frame is not copied but wrapped: nobody may write to
 * it any more. The buffers made here go down the pipeline, which releases them. Stateless.
 */
@Sharable
public final class MessageEncoder extends MessageToMessageEncoder<Message> {

  public MessageEncoder() {
    super(Message.class);
  }

  @Override
  protected void encode(ChannelHandlerContext context, Message message, List<Object> out) {
    MessageType type = MessageType.of(message);
    if (message instanceof Message.FrameMessage(Frame frame)) {
      ByteBuf head = context.alloc().buffer(MessageDecoder.PREFIX + FrameHeader.BYTES);
      head.writeIntLE(1 + frame.length()).writeByte(type.id());
      out.add(head.writeBytes(frame.header().encode()));
      if (frame.body().length > 0) {
        out.add(Unpooled.wrappedBuffer(frame.body()));
      }
    } else {
      byte[] payload = SmallMessages.encode(message);
      ByteBuf whole = context.alloc().buffer(MessageDecoder.PREFIX + payload.length);
      out.add(whole.writeIntLE(1 + payload.length).writeByte(type.id()).writeBytes(payload));
    }
  }
}
