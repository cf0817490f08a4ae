package dev.lifeboat.replicator.processserver.listener;

import dev.lifeboat.wire.protocol.Refusal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One live session per machine. When a second one greets, the older is asked whether it lives: if
 * it answers, two boots live under one identity, and neither can be believed; if not, it is closed
 * and the newer takes its place. Thread-safe.
 */
final class LiveSessions {
  private static final Logger LOG = LoggerFactory.getLogger(LiveSessions.class);

  private final Map<UUID, Contender> live = new HashMap<>();
  private final Set<UUID> contested = new HashSet<>();

  /** A session, as far as a contest needs it; all calls return at once. */
  interface Contender {
    /** Asks for a sign of life; completes with false when there is none in time. */
    CompletionStage<Boolean> prove();

    /** Sends the agent away. */
    void refuse(Refusal refusal, String text);
  }

  /** Lets a session in; completes with a {@link RefusedException} if it may not. */
  CompletableFuture<Void> enter(UUID machine, Contender newer) {
    Optional<Contender> older;
    synchronized (this) {
      if (contested.contains(machine)) {
        return refused(Refusal.BUSY, "another connection of this machine is being examined");
      }
      older = Optional.ofNullable(live.get(machine));
      if (older.isEmpty()) {
        live.put(machine, newer);
        return CompletableFuture.completedFuture(null);
      }
      contested.add(machine);
    }
    Contender holder = older.get();
    return holder
        .prove()
        .toCompletableFuture()
        .thenCompose(lives -> settle(machine, holder, newer, lives));
  }

  private CompletableFuture<Void> settle(
      UUID machine, Contender older, Contender newer, boolean lives) {
    synchronized (this) {
      contested.remove(machine);
      if (lives) {
        live.remove(machine, older);
      } else {
        live.put(machine, newer);
      }
    }
    if (!lives) {
      older.refuse(
          Refusal.BUSY, "a newer connection of this machine has come, and this one did not answer");
      return CompletableFuture.completedFuture(null);
    }
    LOG.error(
        "machine {}: TWO LIVE BOOTS with one identity, both are refused: find out which one is the copy and stop it",
        machine);
    String text = "two live boots greet with this machine's identity";
    older.refuse(Refusal.TWO_LIVE_BOOTS, text);
    return refused(Refusal.TWO_LIVE_BOOTS, text);
  }

  private static CompletableFuture<Void> refused(Refusal refusal, String text) {
    return CompletableFuture.failedFuture(new RefusedException(refusal, text));
  }

  synchronized void leave(UUID machine, Contender session) {
    live.remove(machine, session);
  }

  synchronized int size() {
    return live.size();
  }

  synchronized List<Contender> all() {
    return List.copyOf(live.values());
  }
}
