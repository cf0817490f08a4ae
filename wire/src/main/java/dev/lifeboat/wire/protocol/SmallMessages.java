package dev.lifeboat.wire.protocol;

import dev.lifeboat.wire.frame.CorruptFrameException;
import dev.lifeboat.wire.frame.FieldReader;
import dev.lifeboat.wire.frame.FieldWriter;
import java.nio.ByteBuffer;

/** Payloads of all messages but FRAME. */
final class SmallMessages {
  private SmallMessages() {}

  static byte[] encode(Message message) {
    FieldWriter fields = new FieldWriter();
    switch (message) {
      case Message.Hello hello ->
          fields
              .u16(Message.Hello.PROTOCOL)
              .uuid(hello.machine())
              .string(hello.hardware())
              .uuid(hello.bootId())
              .uuid(hello.lineage())
              .i64(hello.position())
              .chain(hello.chain())
              .string(hello.agentVersion());
      case Message.Welcome welcome ->
          fields
              .i64(welcome.epoch())
              .uuid(welcome.lineage())
              .i64(welcome.sequence())
              .i64(welcome.position())
              .chain(welcome.chain())
              .i64(welcome.uploaded())
              .i32(welcome.credit());
      case Message.Refuse refuse -> fields.u8(refuse.reason().id()).string(refuse.text());
      case Message.Ack ack -> fields.i64(ack.durable()).i64(ack.uploaded());
      case Message.Credit credit -> fields.i32(credit.bytes());
      case Message.Ping ping -> fields.i64(ping.id()).i64(ping.bootNanos());
      case Message.Pong pong -> fields.i64(pong.id()).i64(pong.bootNanos());
      case Message.FrameMessage _ ->
          throw new IllegalArgumentException("a frame is not a small message");
    }
    return fields.bytes();
  }

  static Message decode(MessageType type, ByteBuffer payload) throws CorruptFrameException {
    FieldReader fields = new FieldReader(payload);
    Message message =
        switch (type) {
          case HELLO -> hello(fields);
          case WELCOME ->
              new Message.Welcome(
                  fields.u64(),
                  fields.uuid(),
                  fields.u64(),
                  fields.u64(),
                  fields.chain(),
                  fields.u64(),
                  fields.i32());
          case REFUSE -> new Message.Refuse(Refusal.of(fields.u8()), fields.string());
          case ACK -> new Message.Ack(fields.u64(), fields.u64());
          case CREDIT -> new Message.Credit(fields.i32());
          case PING -> new Message.Ping(fields.i64(), fields.u64());
          case PONG -> new Message.Pong(fields.i64(), fields.u64());
          case FRAME -> throw new IllegalArgumentException("a frame is not a small message");
        };
    fields.end();
    return message;
  }

  private static Message.Hello hello(FieldReader fields) throws CorruptFrameException {
    int protocol = fields.u16();
    if (protocol != Message.Hello.PROTOCOL) {
      throw new CorruptFrameException(
          "protocol version %d is not spoken here, version %d is"
              .formatted(protocol, Message.Hello.PROTOCOL));
    }
    return new Message.Hello(
        fields.uuid(),
        fields.string(),
        fields.uuid(),
        fields.uuid(),
        fields.u64(),
        fields.chain(),
        fields.string());
  }
}
