package dev.lifeboat.operator.agents;

import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The newest report of each agent, in memory: agents report again soon. Thread-safe. */
public final class AgentReports {

  /** A report, and when it came. */
  public record Heard(AgentReport report, Instant at) {}

  private final Map<UUID, Heard> newest = new ConcurrentHashMap<>();
  private final Clock clock;
  private final Instant since;

  public AgentReports(Clock clock) {
    this.clock = clock;
    since = clock.instant();
  }

  public void heard(UUID machine, AgentReport report) {
    newest.put(machine, new Heard(report, clock.instant()));
  }

  public Optional<Heard> of(UUID machine) {
    return Optional.ofNullable(newest.get(machine));
  }

  public void forget(UUID machine) {
    newest.remove(machine);
  }

  /** From when on silence means something. */
  public Instant since() {
    return since;
  }
}
