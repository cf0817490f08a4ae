package dev.lifeboat.testbed.azure;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What goes wrong in one site, and what was asked of it. Calls have the names of Azure's own
 * interface, such as {@code Disks_CreateOrUpdate}; {@code *} is every call. Thread-safe.
 */
public final class Faults {

  /** A call as it was answered; status 0 if the connection was cut. */
  public record Seen(Instant at, String call, String path, int status) {}

  private static final class Order {
    private final String call;
    private final Fault fault;
    private int times;

    Order(String call, Fault fault, int times) {
      this.call = call;
      this.fault = fault;
      this.times = times;
    }
  }

  /** The oldest are forgotten first. */
  private static final int REMEMBERED = 10_000;

  private final List<Order> orders = new ArrayList<>();
  private final List<Seen> seen = new ArrayList<>();

  /** The next {@code times} calls of this name meet the fault. */
  public synchronized void order(String call, int times, Fault fault) {
    orders.add(new Order(call, fault, times));
  }

  /** What was ordered and has not happened yet does not happen. */
  public synchronized void clear() {
    orders.clear();
  }

  /** All calls so far, oldest first. */
  public synchronized List<Seen> seen() {
    return List.copyOf(seen);
  }

  synchronized void saw(Seen call) {
    if (seen.size() == REMEMBERED) {
      seen.removeFirst();
    }
    seen.add(call);
  }

  /** The fault that a call meets before its operation. */
  Optional<Fault> ofCall(String call) {
    return take(call, fault -> !(fault instanceof Fault.FailOperation));
  }

  /** The fault that the operation of a call meets. */
  Optional<Fault.FailOperation> ofOperation(String call) {
    return take(call, Fault.FailOperation.class::isInstance).map(Fault.FailOperation.class::cast);
  }

  private synchronized Optional<Fault> take(String call, Predicate<Fault> wanted) {
    for (Iterator<Order> all = orders.iterator(); all.hasNext(); ) {
      Order order = all.next();
      if ((order.call.equals("*") || order.call.equals(call)) && wanted.test(order.fault)) {
        if (--order.times <= 0) {
          all.remove();
        }
        return Optional.of(order.fault);
      }
    }
    return Optional.empty();
  }
}
