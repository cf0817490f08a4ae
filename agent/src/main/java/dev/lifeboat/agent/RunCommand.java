package dev.lifeboat.agent;

import dev.lifeboat.agent.control.ControlSocket;
import dev.lifeboat.agent.control.StatusCollector;
import dev.lifeboat.agent.enrolment.Enrolment;
import dev.lifeboat.agent.hardware.FileMachine;
import dev.lifeboat.agent.hardware.LinuxMachine;
import dev.lifeboat.agent.hardware.Machine;
import dev.lifeboat.agent.kernel.DirectoryLock;
import dev.lifeboat.agent.settings.AgentSettings;
import dev.lifeboat.agent.settings.StateDirectory;
import dev.lifeboat.wire.identity.Identity;
import dev.lifeboat.wire.identity.IdentityException;
import dev.lifeboat.wire.identity.TlsContexts;
import dev.lifeboat.wire.metrics.MetricsEndpoint;
import dev.lifeboat.wire.settings.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs an agent until SIGTERM or SIGINT. */
@Command(
    name = "run",
    description = {
      "Runs the agent. When it ends, capture goes on in the kernel, and the next run goes on where"
          + " this one was; `detach` ends the capture.",
      "On a machine that is not the one that was enrolled it does nothing but say so (`status`,"
          + " /ready), and ends by code 3."
    },
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
  private final Ending ending;

  @Mixin private AgentCommand.Config config;

  RunCommand(Ending ending) {
    this.ending = ending;
  }

  @Override
  public Integer call() throws Exception {
    AgentSettings settings = config.read();
    if (settings.jsonLog()) {
      System.setProperty("logback.configurationFile", "logback-json.xml");
    }
    Machine machine = machine(settings);
    UUID uid = uid(settings);
    StateDirectory state = StateDirectory.open(settings.stateDirectory());
    // Nothing of what another agent uses is touched, and nothing is captured, before all that could
    // be in the way is known not to be.
    try (DirectoryLock _ = StateDirectory.lock(settings.stateDirectory());
        Reception reception = new Reception(uid);
        MetricsEndpoint _ = metrics(settings, reception);
        ControlSocket _ = ControlSocket.open(settings.stateDirectory(), reception::answer)) {
      ending.onSignal();
      return switch (Enrolment.open(
          state, uid, Agent.hardware(settings, machine), machine.bootId())) {
        case Enrolment.Dormant dormant -> {
          log().error("dormant: {}", dormant.reason());
          reception.sleeps(dormant.reason());
          ending.await();
          yield AgentCommand.REFUSED;
        }
        case Enrolment.Enrolled enrolled -> {
          AgentStart start =
              with -> new Agent(with, machine, state, enrolled.enrolment(), ending::fail);
          if (settings.management().isPresent()) {
            LedAgent.run(settings, state, start, reception, ending);
          } else {
            reception.works(start.with(settings));
            ending.await();
          }
          yield ending.failed() ? AgentCommand.FAILED : AgentCommand.DONE;
        }
      };
    }
  }

  /** The machine that the settings speak of. */
  static Machine machine(AgentSettings settings) {
    return settings
        .hardwareDirectory()
        .<Machine>map(directory -> new FileMachine(directory, Clock.systemUTC()))
        .orElseGet(() -> new LinuxMachine(Clock.systemUTC()));
  }

  /** Whose log is written: the configuration or the certificate says it. */
  private static UUID uid(AgentSettings settings) throws IdentityException {
    if (settings.machine().isPresent()) {
      return settings.machine().get();
    }
    if (!Files.exists(settings.identity())) {
      throw new IdentityException(
          "this machine is not enrolled: paste the command of its ProtectedVM, which ends with"
              + " `lifeboat-agent enrol`");
    }
    return TlsContexts.machine(Identity.load(settings.identity()).certificate());
  }

  private MetricsEndpoint metrics(AgentSettings settings, Reception reception)
      throws SettingsException {
    try {
      return new MetricsEndpoint(
          settings.metrics(),
          StatusCollector.registry(reception::status),
          () -> reception.status().hindrance());
    } catch (IOException e) {
      throw config.problem(e.getMessage());
    }
  }

  /** Made late, for its configuration is said by the settings. */
  private static Logger log() {
    return LoggerFactory.getLogger(RunCommand.class);
  }
}
