package dev.lifeboat.replicator.processserver.listener;

import dev.lifeboat.wire.protocol.Message;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** The PINGs of one session that were not answered yet. Belongs to the session's event loop. */
final class Pings {
  private static final int UNANSWERED = 64;

  private record Sent(long nanos, CompletableFuture<Boolean> answered) {}

  private final Map<Long, Sent> waiting = new HashMap<>();
  private long nextId = 1;

  /** A PING to send; the future completes with true when it is answered. */
  Message.Ping next(long nowNanos, CompletableFuture<Boolean> answered) {
    if (waiting.size() >= UNANSWERED) {
      waiting.keySet().stream().min(Long::compare).ifPresent(this::forget);
    }
    long id = nextId++;
    waiting.put(id, new Sent(nowNanos, answered));
    return new Message.Ping(id, nowNanos);
  }

  /** The round trip in ns of an answer; empty if nobody asked. */
  OptionalLong answered(Message.Pong pong, long nowNanos) {
    Sent sent = waiting.remove(pong.id());
    if (sent == null) {
      return OptionalLong.empty();
    }
    sent.answered().complete(true);
    return OptionalLong.of(nowNanos - sent.nanos());
  }

  /** The session has ended: nothing is answered any more. */
  void close() {
    waiting.values().forEach(sent -> sent.answered().complete(false));
    waiting.clear();
  }

  private void forget(long id) {
    Sent sent = waiting.remove(id);
    if (sent != null) {
      sent.answered().complete(false);
    }
  }
}
