package dev.lifeboat.replicator.processserver.listener;

/** The life of a connection. It only moves forward. */
enum SessionState {
  /** TLS is being agreed on. */
  HANDSHAKING,
  /** The peer's certificate holds; its HELLO is awaited. */
  GREETING,
  /** The machine is looked up, taken over if need be, and its log made ready. */
  OPENING,
  /** Frames flow. */
  STREAMING,
  /** Nothing is sent or taken any more. */
  CLOSED;

  boolean mayBecome(SessionState next) {
    return switch (next) {
      case HANDSHAKING -> false;
      case GREETING -> this == HANDSHAKING;
      case OPENING -> this == GREETING;
      case STREAMING -> this == OPENING;
      case CLOSED -> this != CLOSED;
    };
  }
}
