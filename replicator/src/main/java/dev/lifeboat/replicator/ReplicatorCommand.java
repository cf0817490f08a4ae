package dev.lifeboat.replicator;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code lifeboat-replicator}: 0 done, 1 failed, 2 wrong usage or configuration. */
@Command(
    name = "lifeboat-replicator",
    description = "Takes the changes of protected machines and keeps them in the vault.",
    mixinStandardHelpOptions = true,
    version = "lifeboat-replicator 0.1.0",
    subcommands = {ProcessServerCommand.class, KeeperCommand.class, CaCommand.class})
public final class ReplicatorCommand implements Runnable {
  @Spec private CommandSpec spec;

  /** Runs the program. */
  public static void main(String[] args) {
    int status = execute(args);
    Runtime.getRuntime().halt(flushed(status));
  }

  /** Runs the program within this one; gives its exit code. */
  public static int execute(String... arguments) {
    return commandLine().execute(arguments);
  }

  private static int flushed(int status) {
    System.out.flush();
    System.err.flush();
    return status;
  }

  static CommandLine commandLine() {
    return new CommandLine(new ReplicatorCommand())
        .setExecutionExceptionHandler((failure, command, parsed) -> {
          command.getErr().println("lifeboat-replicator: " + failure.getMessage());
          return failure instanceof UsageException ? 2 : 1;
        });
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "say what to run: process-server, keeper or ca");
  }
}
