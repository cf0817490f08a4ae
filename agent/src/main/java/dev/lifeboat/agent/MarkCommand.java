package dev.lifeboat.agent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lifeboat.agent.control.Answer;
import dev.lifeboat.agent.control.ControlSocket;
import dev.lifeboat.agent.control.Request;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Asks the running agent for a mark. */
@Command(
    name = "mark",
    description = {
      "Takes a mark now: a place that all disks can be brought back to together. Prints its id, and"
          + " behind a tab its label. Without --wait it returns when a process server holds the"
          + " mark; it is a recovery point when the log up to it is in the vault. While the"
          + " machine converges a mark would be no recovery point and is refused; `status` says"
          + " why it converges and how long that takes."
    },
    mixinStandardHelpOptions = true)
final class MarkCommand implements Callable<Integer> {
  private static final Duration UNTIL_LOGGED = Duration.ofMinutes(1);
  private static final Duration UNTIL_UPLOADED = Duration.ofMinutes(10);

  @Mixin private AgentCommand.Config config;

  @Option(names = "--label", paramLabel = "TEXT", description = "what the point is to be called")
  private String label = "";

  @Option(names = "--wait", description = "return when the point is in the vault")
  private boolean wait;

  @Option(names = "--patient", description = "while the machine converges, wait until it is done")
  private boolean patient;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "how long all that may take; default 60, with --wait 600")
  private Optional<Integer> timeout = Optional.empty();

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    if (!Request.isLabel(label)) {
      throw usage("--label must be one line of at most " + Request.LONGEST_LABEL + " characters");
    }
    if (timeout.isPresent() && timeout.get() < 1) {
      throw usage("--timeout must be 1 second at least");
    }
    Duration patience =
        timeout.map(Duration::ofSeconds).orElse(wait ? UNTIL_UPLOADED : UNTIL_LOGGED);
    Answer answer =
        ControlSocket.ask(
            config.read().stateDirectory(), Request.mark(label, patient, wait, patience));
    if (!answer.error().isEmpty()) {
      spec.commandLine().getErr().println("lifeboat-agent: " + answer.error());
      return answer.refused() ? AgentCommand.REFUSED : AgentCommand.FAILED;
    }
    JsonNode mark = answer.result();
    String name = mark.path("label").asText();
    spec.commandLine()
        .getOut()
        .println(mark.path("id").asText() + (name.isEmpty() ? "" : "\t" + name));
    return AgentCommand.DONE;
  }

  private ParameterException usage(String problem) {
    return new ParameterException(spec.commandLine(), problem);
  }
}
