package dev.lifeboat.agent;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lifeboat.agent.control.AgentStatus;
import dev.lifeboat.agent.control.Answer;
import dev.lifeboat.agent.control.ControlSocket;
import dev.lifeboat.agent.control.MetricsEndpoint;
import dev.lifeboat.agent.control.Request;
import dev.lifeboat.agent.enrolment.Enrolment;
import dev.lifeboat.agent.hardware.FileMachine;
import dev.lifeboat.agent.hardware.LinuxMachine;
import dev.lifeboat.agent.hardware.Machine;
import dev.lifeboat.agent.settings.AgentSettings;
import dev.lifeboat.agent.settings.StateDirectory;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs an agent until SIGTERM or SIGINT. */
@Command(
    name = "run",
    description = {
      "Runs the agent. When it ends, capture goes on in the kernel, and the next run goes on where"
          + " this one was; `detach` ends the capture."
    },
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
  private static final long ORDER_MILLIS = 500;

  @Mixin private AgentCommand.Config config;

  private final ObjectMapper json = new ObjectMapper();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final CountDownLatch done = new CountDownLatch(1);
  private volatile boolean failed;

  @Override
  public Integer call() throws Exception {
    AgentSettings settings = config.read();
    if (settings.jsonLog()) {
      System.setProperty("logback.configurationFile", "logback-json.xml");
    }
    Machine machine =
        settings
            .hardwareDirectory()
            .<Machine>map(directory -> new FileMachine(directory, Clock.systemUTC()))
            .orElseGet(() -> new LinuxMachine(Clock.systemUTC()));
    StateDirectory state = StateDirectory.open(settings.stateDirectory());
    Enrolment.Outcome outcome =
        Enrolment.open(
            state, settings.machine(), Agent.hardware(settings, machine), machine.bootId());
    try {
      switch (outcome) {
        case Enrolment.Dormant dormant -> sleep(settings, dormant.reason());
        case Enrolment.Enrolled enrolled -> work(settings, machine, state, enrolled.enrolment());
      }
    } finally {
      done.countDown();
    }
    return failed ? AgentCommand.FAILED : 0;
  }

  private void sleep(AgentSettings settings, String reason) throws IOException {
    log().error("dormant: {}", reason);
    AgentStatus status = AgentStatus.dormant(settings.machine().toString(), reason);
    serve(settings, Optional.empty(), () -> status);
  }

  private void work(
      AgentSettings settings, Machine machine, StateDirectory state, Enrolment enrolment)
      throws Exception {
    Agent agent =
        new Agent(
            settings,
            machine,
            state,
            enrolment,
            () -> {
              failed = true;
              ended.countDown();
            });
    try (agent) {
      serve(settings, Optional.of(agent), agent::status);
    }
  }

  /** Answers commands and scrapes until the program is to end. */
  private void serve(AgentSettings settings, Optional<Agent> agent, Supplier<AgentStatus> status)
      throws IOException {
    Thread hook = new Thread(this::stop, "stop");
    Runtime.getRuntime().addShutdownHook(hook);
    try (ControlSocket _ =
            ControlSocket.open(
                settings.stateDirectory(), request -> answer(request, agent, status));
        MetricsEndpoint _ = new MetricsEndpoint(settings.metrics(), status)) {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The JVM ends when its hooks have: the work is ended first, by the main thread. */
  private void stop() {
    ended.countDown();
    try {
      if (!done.await(20, TimeUnit.SECONDS)) {
        log().warn("the agent did not end in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Logger log() {
    return LoggerFactory.getLogger(RunCommand.class);
  }

  private Answer answer(Request request, Optional<Agent> agent, Supplier<AgentStatus> status) {
    return switch (request.command()) {
      case "status" -> Answer.of(json.valueToTree(status.get()));
      case "mark" ->
          agent
              .map(running -> mark(running, request))
              .orElseGet(() -> Answer.failed("dormant: " + status.get().reason()));
      case null, default -> Answer.failed("no such request");
    };
  }

  private static Answer mark(Agent agent, Request request) {
    CompletableFuture<?> mark = agent.mark(request.label(), request.patient());
    try {
      if (request.untilUploaded()) {
        return Answer.of(mark.get().toString());
      }
      mark.get(ORDER_MILLIS, TimeUnit.MILLISECONDS);
      return Answer.of("taken");
    } catch (TimeoutException e) {
      return Answer.of(
          "ordered; it is a recovery point once it is in the vault, which --wait waits for");
    } catch (ExecutionException e) {
      return Answer.failed("this would be no recovery point: " + e.getCause().getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Answer.failed("the agent is ending");
    }
  }
}
