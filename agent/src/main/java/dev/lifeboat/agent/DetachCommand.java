package dev.lifeboat.agent;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Ends the capture. */
@Command(
    name = "detach",
    description = {
      "Ends the capture that the kernel goes on with while no agent runs, and leaves nothing of it."
          + " The next run reads all disks again."
    },
    mixinStandardHelpOptions = true)
final class DetachCommand implements Callable<Integer> {
  @Mixin private AgentCommand.Config config;

  @Override
  public Integer call() throws Exception {
    Agent.detach(config.read());
    return 0;
  }
}
