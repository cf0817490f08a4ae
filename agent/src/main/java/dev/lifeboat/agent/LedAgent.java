package dev.lifeboat.agent;

import dev.lifeboat.agent.control.AgentStatus;
import dev.lifeboat.agent.management.Assignment;
import dev.lifeboat.agent.management.Management;
import dev.lifeboat.agent.management.OperatorClient;
import dev.lifeboat.agent.settings.AgentSettings;
import dev.lifeboat.agent.settings.StateDirectory;
import dev.lifeboat.wire.identity.Identity;
import dev.lifeboat.wire.identity.IdentityException;
import dev.lifeboat.wire.identity.JdkTls;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An agent that an operator leads. It starts with what it was assigned last, so that it needs no
 * operator to work, and waits for an assignment only if there never was one. Thread-safe.
 */
final class LedAgent implements Management.Led {
  private static final Logger LOG = LoggerFactory.getLogger(LedAgent.class);
  private static final Duration LOOK = Duration.ofMillis(200);

  private final Reception reception;
  private Optional<Assignment> assigned = Optional.empty();
  private Optional<Identity> identity = Optional.empty();
  private Optional<Agent> agent = Optional.empty();

  private LedAgent(Reception reception) {
    this.reception = reception;
  }

  /** Runs until the end is asked for; the reception closes the agent. */
  static void run(
      AgentSettings settings,
      StateDirectory state,
      AgentStart start,
      Reception reception,
      Ending ending)
      throws IOException, IdentityException, InterruptedException {
    AgentSettings.Management by = settings.management().orElseThrow();
    Identity identity = Identity.load(settings.identity());
    identity.requireValid(Instant.now());
    LedAgent led = new LedAgent(reception);
    try (Management management =
        new Management(
            by.endpoint(),
            new OperatorClient(by.endpoint(), JdkTls.of(identity)),
            led,
            new Management.Place(state, settings.identity(), identity),
            by.every(),
            Clock.systemUTC())) {
      reception.ledBy(management);
      reception.waits("the operator has not said yet what to do");
      management.start();
      Optional<Assignment> first = led.first();
      while (first.isEmpty() && !ending.await(LOOK)) {
        first = led.first();
      }
      if (first.isPresent()) {
        Assignment what = first.get();
        led.works(start.with(settings.assigned(what.toProtect(), what.destination())), what);
        ending.await();
      }
    }
  }

  private synchronized Optional<Assignment> first() {
    return assigned;
  }

  /** What came while it was being started is made up for. */
  private synchronized void works(Agent started, Assignment as) throws IdentityException {
    reception.works(started);
    agent = Optional.of(started);
    if (identity.isPresent()) {
      started.identify(identity.get());
    }
    Assignment newest = assigned.orElse(as);
    assigned = Optional.of(as);
    assigned(newest);
  }

  @Override
  public AgentStatus status() {
    return reception.status();
  }

  @Override
  public synchronized void assigned(Assignment next) {
    boolean otherDisks = assigned.isPresent() && !assigned.get().disks().equals(next.disks());
    assigned = Optional.of(next);
    if (agent.isPresent()) {
      agent.get().assign(next.destination());
      if (otherDisks) {
        LOG.warn("other disks are assigned: they are taken up when the agent is started anew");
      }
    }
  }

  @Override
  public synchronized void renewed(Identity next) throws IdentityException {
    identity = Optional.of(next);
    if (agent.isPresent()) {
      agent.get().identify(next);
    }
  }
}
