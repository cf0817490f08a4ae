package dev.lifeboat.wire.protocol;

import dev.lifeboat.wire.frame.CorruptFrameException;

/** The byte behind the length of a message, and who may send it. */
enum MessageType {
  HELLO(Side.AGENT),
  WELCOME(Side.SERVER),
  REFUSE(Side.SERVER),
  FRAME(Side.AGENT),
  ACK(Side.SERVER),
  CREDIT(Side.SERVER),
  PING(null),
  PONG(null);

  private final Side sender;

  MessageType(Side sender) {
    this.sender = sender;
  }

  int id() {
    return ordinal() + 1;
  }

  /** Whether the side may receive it. */
  boolean mayReach(Side receiver) {
    return sender != receiver;
  }

  static MessageType of(int id) throws CorruptFrameException {
    if (id < 1 || id > values().length) {
      throw new CorruptFrameException("unknown message type " + id);
    }
    return values()[id - 1];
  }

  static MessageType of(Message message) {
    return switch (message) {
      case Message.Hello _ -> HELLO;
      case Message.Welcome _ -> WELCOME;
      case Message.Refuse _ -> REFUSE;
      case Message.FrameMessage _ -> FRAME;
      case Message.Ack _ -> ACK;
      case Message.Credit _ -> CREDIT;
      case Message.Ping _ -> PING;
      case Message.Pong _ -> PONG;
    };
  }
}
