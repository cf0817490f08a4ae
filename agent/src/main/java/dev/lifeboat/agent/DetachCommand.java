package dev.lifeboat.agent;

import dev.lifeboat.agent.kernel.DirectoryLock;
import dev.lifeboat.agent.settings.AgentSettings;
import dev.lifeboat.agent.settings.StateDirectory;
import java.nio.file.Files;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Ends the capture. */
@Command(
    name = "detach",
    description = {
      "Ends the capture that the kernel goes on with while no agent runs, and leaves nothing of it:"
          + " no program, no map, no mount, no tracked changes. The next run reads all disks"
          + " again. What the agent knows of machine and disks stays in its state directory."
    },
    mixinStandardHelpOptions = true)
final class DetachCommand implements Callable<Integer> {
  @Mixin private AgentCommand.Config config;

  @Override
  public Integer call() throws Exception {
    AgentSettings settings = config.read();
    if (!Files.isDirectory(settings.stateDirectory())) {
      Agent.detach(settings);
      return AgentCommand.DONE;
    }
    try (DirectoryLock _ = StateDirectory.lock(settings.stateDirectory())) {
      Agent.detach(settings);
    }
    return AgentCommand.DONE;
  }
}
