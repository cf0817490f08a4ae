package dev.lifeboat.wire.protocol;

import dev.lifeboat.wire.frame.Chain;
import dev.lifeboat.wire.frame.Frame;
import java.util.UUID;

/** What travels between an agent and a process server. Values; none holds a buffer of Netty. */
public sealed interface Message {

  /**
   * The agent's greeting, its first message. It sends nothing else but PING and PONG before it was
   * answered.
   *
   * @param machine the machine that its certificate names
   * @param hardware who the hardware says it is, for people
   * @param position the start of what the agent holds
   * @param chain the chain behind {@code position}
   */
  record Hello(
      UUID machine,
      String hardware,
      UUID bootId,
      UUID lineage,
      long position,
      Chain chain,
      String agentVersion)
      implements Message {
    /** The protocol version that this code speaks. */
    public static final int PROTOCOL = 1;
  }

  /**
   * Where to go on from; also the answer to a frame that does not fit.
   *
   * @param epoch the epoch in which the server owns the machine's log
   * @param lineage what it holds; all zero if it holds nothing
   * @param sequence durable here
   * @param position the log's end here
   * @param chain the chain behind {@code position}
   * @param uploaded safe in the vault
   * @param credit bytes of frames that may be under way and not yet durable
   */
  record Welcome(
      long epoch,
      UUID lineage,
      long sequence,
      long position,
      Chain chain,
      long uploaded,
      int credit)
      implements Message {
    /** The lineage of a server that holds nothing. */
    public static final UUID NOTHING = new UUID(0, 0);
  }

  /** The server sends the agent away and closes. */
  record Refuse(Refusal reason, String text) implements Message {}

  /** A frame; its body was not looked at: {@code raw()} checks it. */
  record FrameMessage(Frame frame) implements Message {}

  /**
   * How far frames are safe.
   *
   * @param durable every sequence up to here is safe from a crash of the server
   * @param uploaded every sequence up to here is in the vault
   */
  record Ack(long durable, long uploaded) implements Message {}

  /** Bytes of frames that may be under way and not yet durable, from now on. */
  record Credit(int bytes) implements Message {}

  /** Asks for a PONG with the same id. */
  record Ping(long id, long bootNanos) implements Message {}

  /** Answers a PING; the clock is that of the one who answers. */
  record Pong(long id, long bootNanos) implements Message {}
}
