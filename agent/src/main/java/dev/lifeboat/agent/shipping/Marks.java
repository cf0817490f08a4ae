package dev.lifeboat.agent.shipping;

import dev.lifeboat.agent.convergence.Convergence;
import dev.lifeboat.agent.convergence.Judgement;
import dev.lifeboat.agent.hardware.Machine;
import dev.lifeboat.wire.frame.MarkBody;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;

/**
 * Takes marks, by interval and on demand, and follows each to the vault. A quiet machine needs no
 * new mark: its last one still holds. {@link #order} may be called from any thread, the rest
 * belongs to the shipping thread.
 */
final class Marks {
  private static final long RETRY = 10_000_000L;

  private final Machine machine;
  private final LongSupplier nanos;
  private final long interval;
  private final Queue<MarkOrder> orders = new ConcurrentLinkedQueue<>();
  private final Map<Long, List<MarkOrder>> followed = new HashMap<>();
  private final TreeMap<Long, Long> durable = new TreeMap<>();
  private long nextAt;
  private long retryAt;
  private long lastBootNanos;
  private long lastPosition = -1;
  private long uploadedBootNanos;

  Marks(Machine machine, LongSupplier nanos, Duration interval) {
    this.machine = machine;
    this.nanos = nanos;
    this.interval = interval.toNanos();
    this.nextAt = nanos.getAsLong();
    this.retryAt = nextAt;
  }

  /** Asks for a mark. */
  CompletableFuture<MarkId> order(String label, boolean patient) {
    CompletableFuture<MarkId> answer = new CompletableFuture<>();
    orders.add(new MarkOrder(label, patient, answer));
    return answer;
  }

  /** The mark that is to be taken now. */
  Optional<Mark> due(Convergence convergence) {
    long now = nanos.getAsLong();
    boolean byInterval = now - nextAt >= 0;
    if ((!byInterval && orders.isEmpty()) || now - retryAt < 0) {
      return Optional.empty();
    }
    Judgement judgement = convergence.judge();
    if (!judgement.consistent()) {
      refuseImpatient(convergence.progress().reason());
      retryAt = now + RETRY;
      return Optional.empty();
    }
    if (byInterval) {
      nextAt = now + interval;
    }
    if (orders.isEmpty() && judgement.position() == lastPosition) {
      return Optional.empty();
    }
    return Optional.of(take(judgement));
  }

  private Mark take(Judgement judgement) {
    List<MarkOrder> answered = new ArrayList<>();
    for (MarkOrder order = orders.poll(); order != null; order = orders.poll()) {
      answered.add(order);
    }
    lastBootNanos = Math.max(lastBootNanos + 1, machine.bootNanos());
    lastPosition = judgement.position();
    if (!answered.isEmpty()) {
      followed.put(lastBootNanos, answered);
    }
    String label =
        answered.stream()
            .map(MarkOrder::label)
            .filter(text -> !text.isEmpty())
            .findFirst()
            .orElse("");
    return new Mark(
        judgement.position(),
        new MarkBody(
            machine.bootId(),
            lastBootNanos,
            machine.wallMillis(),
            judgement.consistent(),
            label,
            judgement.disks()));
  }

  private void refuseImpatient(String reason) {
    orders.removeIf(order -> {
      if (!order.patient()) {
        order
            .answer()
            .completeExceptionally(
                new IllegalStateException("the machine is converging: " + reason));
      }
      return !order.patient();
    });
  }

  /** A mark is durable under its sequence. */
  void arrived(Cargo.Marked mark, long sequence) {
    if (mark.consistent()) {
      durable.put(sequence, mark.bootNanos());
    } else {
      lost(mark.bootNanos());
    }
  }

  /** A mark did not arrive: who wanted it gets another one. */
  void lost(long bootNanos) {
    List<MarkOrder> wanted = followed.remove(bootNanos);
    if (wanted != null) {
      orders.addAll(wanted);
    }
    lastPosition = -1;
  }

  /** The server holds sequences up to this one only. */
  void resumed(long sequence) {
    Map<Long, Long> gone = durable.tailMap(sequence, false);
    List.copyOf(gone.values()).forEach(this::lost);
    gone.clear();
  }

  /** Another lineage: every mark that is not in the vault is lost. */
  void restarted() {
    List.copyOf(followed.keySet()).forEach(this::lost);
    durable.clear();
    lastPosition = -1;
  }

  /** Sequences up to this one are in the vault. */
  void uploaded(long sequence, UUID lineage, long epoch) {
    Map<Long, Long> safe = durable.headMap(sequence, true);
    safe.forEach((at, bootNanos) -> {
      uploadedBootNanos = Math.max(uploadedBootNanos, bootNanos);
      List<MarkOrder> wanted = followed.remove(bootNanos);
      if (wanted != null) {
        wanted.forEach(order -> order.answer().complete(new MarkId(lineage, epoch, at)));
      }
    });
    safe.clear();
  }

  /** CLOCK_BOOTTIME of the newest mark that is in the vault; 0 if none was in this run. */
  long uploadedBootNanos() {
    return uploadedBootNanos;
  }

  /** CLOCK_BOOTTIME of the newest mark that was taken; 0 if none was in this run. */
  long takenBootNanos() {
    return lastBootNanos;
  }
}
