package dev.lifeboat.operator.status;

import dev.lifeboat.crds.Condition;
import dev.lifeboat.crds.Condition.Status;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The conditions of one object while its status is put together. Times move only with the status.
 * Not thread-safe.
 */
public final class Conditions {

  /** The schema takes no more, and refuses the whole status for one message that is longer. */
  private static final int MESSAGE_LIMIT = 2048;

  private final Map<String, Condition> all = new LinkedHashMap<>();
  private final List<Condition> changed = new ArrayList<>();
  private final long generation;
  private final Clock clock;

  /**
   * Begins with what the object says now; of {@code types}, those that are missing are unknown.
   *
   * @param types in the order in which they are shown
   */
  public Conditions(List<Condition> now, List<String> types, long generation, Clock clock) {
    this.generation = generation;
    this.clock = clock;
    types.forEach(type ->
        all.put(
            type,
            new Condition(
                type,
                Status.Unknown,
                "Initializing",
                "nobody has looked yet",
                generation,
                time(clock))));
    now.forEach(condition -> {
      if (types.contains(condition.type())) {
        all.put(condition.type(), condition);
      }
    });
  }

  private static String time(Clock clock) {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  public Conditions yes(String type, String reason, String message) {
    return set(type, Status.True, reason, message);
  }

  public Conditions no(String type, String reason, String message) {
    return set(type, Status.False, reason, message);
  }

  public Conditions unknown(String type, String reason, String message) {
    return set(type, Status.Unknown, reason, message);
  }

  private Conditions set(String type, Status status, String reason, String message) {
    Condition was = all.get(type);
    boolean moved = was == null || was.status() != status;
    Condition is =
        new Condition(
            type,
            status,
            reason,
            cut(message),
            generation,
            moved ? time(clock) : was.lastTransitionTime());
    all.put(type, is);
    if (moved || !was.reason().equals(reason)) {
      changed.add(is);
    }
    return this;
  }

  private static String cut(String message) {
    return message.length() <= MESSAGE_LIMIT ? message : message.substring(0, MESSAGE_LIMIT);
  }

  public boolean isTrue(String type) {
    Condition condition = all.get(type);
    return condition != null && condition.status() == Status.True;
  }

  /** All, in order. */
  public List<Condition> list() {
    return List.copyOf(all.values());
  }

  /** Those whose status or reason moved. */
  public List<Condition> changed() {
    return List.copyOf(changed);
  }
}
