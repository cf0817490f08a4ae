package dev.lifeboat.agent.shipping;

import dev.lifeboat.wire.protocol.Message;
import java.util.Optional;

/**
 * One connection to a process server as the shipping thread sees it; it never blocks. PINGs are
 * answered below it.
 */
public interface Link extends AutoCloseable {

  /** Whether the handshake is done and the link still stands. */
  boolean isOpen();

  /** Whether the link has failed or was closed, for good. */
  boolean isClosed();

  /** Whether more should be sent now. */
  boolean isWritable();

  /** Sends, or drops if the link is closed. */
  void send(Message message);

  /** The next message that came in. */
  Optional<Message> receive();

  /** Why the link is closed; empty if that is not known. */
  String failure();

  /** Ends the link. */
  @Override
  void close();
}
