package dev.lifeboat.replicator;

import dev.lifeboat.vault.command.HydrateCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What runs beside the vault: the only program that reads segments at scale. */
@Command(
    name = "keeper",
    description = "Works beside the vault: makes bootable disks out of recovery points.",
    mixinStandardHelpOptions = true,
    subcommands = {HydrateCommand.class})
final class KeeperCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say what to do: hydrate");
  }
}
