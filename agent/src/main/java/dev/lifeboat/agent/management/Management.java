package dev.lifeboat.agent.management;

import dev.lifeboat.agent.control.AgentStatus;
import dev.lifeboat.agent.settings.Endpoint;
import dev.lifeboat.agent.settings.StateDirectory;
import dev.lifeboat.wire.identity.Identity;
import dev.lifeboat.wire.identity.IdentityException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps in touch with the operator: tells it how the agent is, brings what it wants done, renews
 * the certificate at a third of its life. Whatever fails here is said and tried again; the agent
 * goes on with what it was told last. Runs on a thread of its own until it is closed, and closes
 * the operator then.
 */
public final class Management implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(Management.class);

  /** Who was refused for good is no hurry to be refused again. */
  private static final int REFUSED_PAUSE = 6;

  /** What is led. Called by this thread alone. */
  public interface Led {
    /** How it is now. */
    AgentStatus status();

    /** What it is to do: first what was known before, then whatever changes. */
    void assigned(Assignment assignment);

    /** Its certificate was renewed. */
    void renewed(Identity identity) throws IdentityException;
  }

  private final Endpoint endpoint;
  private final Operator operator;
  private final Led led;
  private final StateDirectory state;
  private final Path identityFolder;
  private final Clock clock;
  private final Duration every;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread = Thread.ofVirtual().name("management").unstarted(this::run);
  private volatile Identity identity;
  private volatile String trouble = "not asked yet";
  private Optional<Assignment> assignment = Optional.empty();
  private boolean refused;

  /**
   * Where things lie.
   *
   * @param identity as it was loaded from the folder
   */
  public record Place(StateDirectory state, Path identityFolder, Identity identity) {}

  /**
   * @param every how long it rests between two looks
   */
  public Management(
      Endpoint endpoint, Operator operator, Led led, Place place, Duration every, Clock clock) {
    this.endpoint = endpoint;
    this.operator = operator;
    this.led = led;
    this.state = place.state();
    this.identityFolder = place.identityFolder();
    this.identity = place.identity();
    this.every = every;
    this.clock = clock;
  }

  /** Begins: what was assigned last holds at once. */
  public void start() {
    resume();
    thread.start();
  }

  void resume() {
    assignment = Assignment.last(state);
    assignment.ifPresent(led::assigned);
  }

  /** How it stands with the operator; any thread. */
  public AgentStatus.Operator standing() {
    return new AgentStatus.Operator(
        endpoint.toString(), trouble, identity.certificate().getNotAfter().toInstant().toString());
  }

  private void run() {
    try {
      do {
        look();
      } while (!closed.await(pause().toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      LOG.error("the operator is not asked any more until the agent is started anew", e);
      trouble = "this agent failed, its log says how";
    }
  }

  private Duration pause() {
    return refused ? every.multipliedBy(REFUSED_PAUSE) : every;
  }

  /** One look: report, do as one is told, renew what is due. */
  void look() {
    refused = false;
    try {
      Assignment wanted = operator.report(Report.of(led.status()));
      if (!assignment.equals(Optional.of(wanted))) {
        wanted.keep(state);
        assignment = Optional.of(wanted);
        led.assigned(wanted);
      }
      renewIfDue();
      trouble("");
    } catch (RefusedException e) {
      refused = !e.isPassing();
      trouble((refused ? "refused: " : "") + e.getMessage());
    } catch (IOException | IdentityException e) {
      trouble(e.getMessage());
    }
  }

  private void renewIfDue() throws IOException, IdentityException {
    if (clock.instant().isBefore(identity.renewalDue())) {
      return;
    }
    identity = identity.renewed(operator.renew(identity.renewalRequest()), identityFolder);
    operator.identify(identity);
    led.renewed(identity);
    LOG.info("the certificate was renewed, it holds until {}", standing().certificateEnds());
  }

  private void trouble(String now) {
    if (!now.equals(trouble) && closed.getCount() > 0) {
      if (now.isEmpty()) {
        LOG.info("the operator at {} leads this agent", endpoint);
      } else {
        LOG.warn("operator {}: {}; the agent goes on as it was told last", endpoint, now);
      }
      trouble = now;
    }
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    operator.close();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
