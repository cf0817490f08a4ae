package dev.lifeboat.agent;

import dev.lifeboat.agent.control.Answer;
import dev.lifeboat.agent.control.ControlSocket;
import dev.lifeboat.agent.control.Request;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Asks the running agent for a mark. */
@Command(
    name = "mark",
    description = {
      "Takes a mark now: a place that all disks can be brought back to together. While the machine"
          + " converges it would be no recovery point and is refused; `status` says why it"
          + " converges and how long that takes."
    },
    mixinStandardHelpOptions = true)
final class MarkCommand implements Callable<Integer> {
  @Mixin private AgentCommand.Config config;

  @Option(names = "--label", paramLabel = "TEXT", description = "what the point is to be called")
  private String label = "";

  @Option(names = "--wait", description = "return when the point is in the vault, and print its id")
  private boolean wait;

  @Option(names = "--patient", description = "while the machine converges, wait until it is done")
  private boolean patient;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    Answer answer =
        ControlSocket.ask(
            config.read().stateDirectory(), new Request("mark", label, patient, wait));
    if (!answer.error().isEmpty()) {
      spec.commandLine().getErr().println("lifeboat-agent: " + answer.error());
      return AgentCommand.REFUSED;
    }
    spec.commandLine().getOut().println(answer.result().asText());
    return 0;
  }
}
