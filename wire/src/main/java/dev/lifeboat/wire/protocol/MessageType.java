package dev.lifeboat.wire.protocol;

import dev.lifeboat.wire.frame.CorruptFrameException;

/** The byte behind the length of a message, and who may send it. */
enum MessageType {
  HELLO(1, Side.AGENT),
  WELCOME(2, Side.SERVER),
  REFUSE(3, Side.SERVER),
  FRAME(4, Side.AGENT),
  ACK(5, Side.SERVER),
  CREDIT(6, Side.SERVER),
  PING(7, null),
  PONG(8, null);

  private static final MessageType[] BY_ID = {
    null, HELLO, WELCOME, REFUSE, FRAME, ACK, CREDIT, PING, PONG
  };

  private final int id;

  /** Who sends it; null: either. */
  private final Side sender;

  MessageType(int id, Side sender) {
    this.id = id;
    this.sender = sender;
  }

  int id() {
    return id;
  }

  /** Whether the side may receive it. */
  boolean mayReach(Side receiver) {
    return sender != receiver;
  }

  static MessageType of(int id) throws CorruptFrameException {
    if (id < 1 || id >= BY_ID.length) {
      throw new CorruptFrameException("unknown message type " + id);
    }
    return BY_ID[id];
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
