package dev.lifeboat.agent;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lifeboat.agent.control.AgentStatus;
import dev.lifeboat.agent.control.Answer;
import dev.lifeboat.agent.control.Request;
import dev.lifeboat.agent.management.Management;
import dev.lifeboat.agent.shipping.LoggedMark;
import dev.lifeboat.agent.shipping.MarkOrder;
import java.io.Closeable;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Answers those who ask the program, from before the agent works until it has ended. Thread-safe;
 * closing closes the agent, so nobody may be asking any more.
 */
final class Reception implements Closeable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final UUID machine;
  private volatile AgentStatus idle;
  private volatile Optional<Management> lead = Optional.empty();
  private volatile Optional<Agent> agent = Optional.empty();

  Reception(UUID machine) {
    this.machine = machine;
    idle = AgentStatus.starting(machine.toString(), "");
  }

  /** The machine is not to be captured. */
  void sleeps(String reason) {
    idle = AgentStatus.dormant(machine.toString(), reason);
  }

  /** The agent cannot begin before something came. */
  void waits(String reason) {
    idle = AgentStatus.starting(machine.toString(), reason);
  }

  /** An operator leads the agent. */
  void ledBy(Management management) {
    lead = Optional.of(management);
  }

  /** The agent works; it is closed with this. */
  void works(Agent started) {
    agent = Optional.of(started);
  }

  AgentStatus status() {
    AgentStatus now = agent.map(Agent::status).orElse(idle);
    return lead.map(management -> now.ledBy(management.standing())).orElse(now);
  }

  Answer answer(Request request) {
    return switch (request.command()) {
      case "status" -> Answer.of(JSON.valueToTree(status()));
      case "mark" -> agent.map(running -> mark(running, request)).orElseGet(this::noMark);
      default -> Answer.failed("no such request");
    };
  }

  private Answer noMark() {
    AgentStatus now = idle;
    return now.isDormant()
        ? Answer.refused("no mark: this machine is dormant: " + now.reason())
        : Answer.failed("no mark: the agent is starting, try again");
  }

  private static Answer mark(Agent agent, Request request) {
    if (!Request.isLabel(request.label())) {
      return Answer.refused("a label has one line of at most " + Request.LONGEST_LABEL);
    }
    MarkOrder order = agent.mark(request.label(), request.patient());
    CompletableFuture<LoggedMark> awaited =
        request.untilUploaded() ? order.uploaded() : order.logged();
    try {
      LoggedMark mark = awaited.get(request.patienceMillis(), TimeUnit.MILLISECONDS);
      return Answer.of(
          JSON.valueToTree(
              Map.of(
                  "id", mark.id().toString(),
                  "label", mark.label(),
                  "position", mark.position())));
    } catch (TimeoutException e) {
      order.abandon();
      return Answer.failed(late(order, agent.status()));
    } catch (ExecutionException e) {
      return Answer.refused("this would be no recovery point: " + e.getCause().getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Answer.failed("the agent is ending");
    }
  }

  /** What became of a mark in the time that there was. */
  private static String late(MarkOrder order, AgentStatus status) {
    String cause =
        status.connected()
            ? "durable up to %d, in the vault up to %d"
                .formatted(status.durable(), status.uploaded())
            : "no process server takes the log: " + status.trouble();
    if (order.position().isPresent()) {
      return "the mark was taken at position %d and is no recovery point yet (%s); it becomes one when the log up to it is in the vault"
          .formatted(order.position().getAsLong(), cause);
    }
    String converging =
        status.reason().isEmpty() ? "" : "the machine is converging: " + status.reason();
    return "no mark was taken (%s); try again"
        .formatted(status.connected() && !converging.isEmpty() ? converging : cause);
  }

  @Override
  public void close() throws IOException {
    if (agent.isPresent()) {
      agent.get().close();
    }
  }
}
