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
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Takes marks, by interval and on demand, and follows each to the vault. A quiet machine needs no
 * new mark: its last one still holds. {@link #order} may be called from any thread, the rest
 * belongs to the shipping thread.
 */
final class Marks {
  private static final long RETRY = 10_000_000L;

  private final Machine machine;
  private final LongSupplier nanos;
  private final Supplier<Duration> every;
  private final Queue<MarkOrder> orders = new ConcurrentLinkedQueue<>();
  private final Map<Long, List<MarkOrder>> followed = new HashMap<>();
  private final TreeMap<Long, Cargo.Marked> durable = new TreeMap<>();
  private long interval;
  private long nextAt;
  private long retryAt;
  private long lastBootNanos;
  private long lastPosition = -1;
  private long uploadedBootNanos;

  Marks(Machine machine, LongSupplier nanos, Supplier<Duration> every) {
    this.machine = machine;
    this.nanos = nanos;
    this.every = every;
    this.interval = every.get().toNanos();
    this.nextAt = nanos.getAsLong();
    this.retryAt = nextAt;
  }

  /** Asks for a mark. */
  MarkOrder order(String label, boolean patient) {
    MarkOrder order = new MarkOrder(label, patient);
    orders.add(order);
    return order;
  }

  /** The mark that is to be taken now. */
  Optional<Mark> due(Convergence convergence) {
    orders.removeIf(MarkOrder::isAbandoned);
    long now = nanos.getAsLong();
    follow(now);
    boolean byInterval = now - nextAt >= 0;
    if ((!byInterval && orders.isEmpty()) || now - retryAt < 0) {
      return Optional.empty();
    }
    Judgement judgement = convergence.judge();
    if (!judgement.consistent()) {
      refuseImpatient(reason(convergence));
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

  /** Another interval counts from now, if that is sooner. */
  private void follow(long now) {
    long wanted = every.get().toNanos();
    if (wanted != interval) {
      interval = wanted;
      if (now + interval - nextAt < 0) {
        nextAt = now + interval;
      }
    }
  }

  private static String reason(Convergence convergence) {
    String reason = convergence.progress().reason();
    // A loss of this moment shows in the counter before anybody has looked at the maps.
    return reason.isEmpty() ? "writes were not kept whole" : reason;
  }

  private Mark take(Judgement judgement) {
    lastBootNanos = Math.max(lastBootNanos + 1, machine.bootNanos());
    lastPosition = judgement.position();
    String label = orders.isEmpty() ? "" : orders.peek().label();
    List<MarkOrder> answered = new ArrayList<>();
    // One mark has one label: those who want another get the next mark.
    orders.removeIf(order -> order.label().equals(label) && answered.add(order));
    if (!answered.isEmpty()) {
      answered.forEach(order -> order.taken(judgement.position()));
      followed.put(lastBootNanos, answered);
    }
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
        order.refuse("the machine is converging: " + reason);
      }
      return !order.patient();
    });
  }

  /** A mark is durable under its sequence, at the server that owns the log in this epoch. */
  void arrived(Cargo.Marked mark, long sequence, UUID lineage, long epoch) {
    if (mark.consistent()) {
      durable.put(sequence, mark);
      MarkId id = new MarkId(lineage, epoch, sequence);
      followers(mark)
          .forEach(order -> order.logged(new LoggedMark(id, mark.position(), order.label())));
    } else {
      lost(mark.bootNanos());
    }
  }

  private List<MarkOrder> followers(Cargo.Marked mark) {
    return followed.getOrDefault(mark.bootNanos(), List.of());
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
    Map<Long, Cargo.Marked> gone = durable.tailMap(sequence, false);
    List.copyOf(gone.values()).forEach(mark -> lost(mark.bootNanos()));
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
    Map<Long, Cargo.Marked> safe = durable.headMap(sequence, true);
    safe.forEach((at, mark) -> {
      uploadedBootNanos = Math.max(uploadedBootNanos, mark.bootNanos());
      MarkId id = new MarkId(lineage, epoch, at);
      followers(mark)
          .forEach(order -> order.uploaded(new LoggedMark(id, mark.position(), order.label())));
      followed.remove(mark.bootNanos());
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
