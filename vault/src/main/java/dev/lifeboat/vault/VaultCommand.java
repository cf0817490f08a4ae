package dev.lifeboat.vault;

import dev.lifeboat.vault.command.ConfigException;
import dev.lifeboat.vault.command.HydrateCommand;
import dev.lifeboat.vault.command.InitCommand;
import dev.lifeboat.vault.command.PointsCommand;
import dev.lifeboat.vault.command.VerifyCommand;
import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The vault by hand: what is left when everything but the vault and its key is gone. Exit codes: 0
 * done, 1 failed or something is lost, 2 wrong usage or configuration.
 */
@Command(
    name = "lifeboat-vault",
    mixinStandardHelpOptions = true,
    version = "lifeboat-vault 0.1.0",
    description = "Makes a vault, lists and verifies its recovery points, brings disks back.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:done", "1:failed, or something is lost", "2:wrong usage or configuration"},
    subcommands = {
      InitCommand.class,
      PointsCommand.class,
      VerifyCommand.class,
      HydrateCommand.class
    })
public final class VaultCommand implements Runnable {

  @Spec private CommandSpec spec;

  /** Runs the program. */
  public static void main(String[] arguments) {
    // Logs are for the reader at the terminal; what the program prints stays clean of them.
    System.setProperty(
        "logback.configurationFile",
        System.getProperty("logback.configurationFile", "logback-vault.xml"));
    System.exit(execute(arguments));
  }

  /** Runs the program within this one; gives its exit code. */
  public static int execute(String... arguments) {
    return new CommandLine(new VaultCommand())
        .setExecutionExceptionHandler(VaultCommand::failed)
        .execute(arguments);
  }

  private static int failed(Exception e, CommandLine line, CommandLine.ParseResult parsed)
      throws Exception {
    if (e instanceof ConfigException config) {
      config.problems().forEach(p -> line.getErr().println("lifeboat-vault: " + p));
      return 2;
    }
    if (e instanceof IOException) {
      String text = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      line.getErr().println("lifeboat-vault: " + text);
      return 1;
    }
    throw e;
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "say what to do: init, points, verify or hydrate");
  }
}
