package dev.lifeboat.agent;

import dev.lifeboat.agent.capture.CaptureRefusedException;
import dev.lifeboat.agent.kernel.HeldException;
import dev.lifeboat.agent.management.RefusedException;
import dev.lifeboat.agent.settings.AgentSettings;
import dev.lifeboat.agent.settings.SettingsReader;
import dev.lifeboat.wire.identity.IdentityException;
import dev.lifeboat.wire.settings.SettingsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The agent's program. */
@Command(
    name = "lifeboat-agent",
    description = "Captures the writes of this machine's disks and ships them to a process server.",
    mixinStandardHelpOptions = true,
    version = "lifeboat-agent " + AgentCommand.VERSION,
    footer = {
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 refused: this machine or its"
          + " disks cannot be captured, the operator does not take it, or a mark would be no"
          + " recovery point, 4 another agent runs"
          + " with the same state or BPF directory."
    })
public final class AgentCommand implements Runnable {
  static final String VERSION = "0.1.0";
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;
  static final int REFUSED = 3;
  static final int HELD = 4;

  @Spec private CommandSpec spec;

  /** Runs the program. */
  public static void main(String[] arguments) {
    Ending ending = new Ending();
    ending.exit(line(ending).execute(arguments));
  }

  /** The program's command line. */
  static CommandLine line(Ending ending) {
    return new CommandLine(new AgentCommand())
        .addSubcommand(new EnrolCommand())
        .addSubcommand(new RunCommand(ending))
        .addSubcommand(new MarkCommand())
        .addSubcommand(new StatusCommand())
        .addSubcommand(new DetachCommand())
        .setExecutionExceptionHandler(AgentCommand::failed);
  }

  private static int failed(Exception e, CommandLine line, CommandLine.ParseResult parsed)
      throws Exception {
    int exitCode =
        switch (e) {
          case SettingsException _, IdentityException _ -> USAGE;
          case CaptureRefusedException _, RefusedException _ -> REFUSED;
          case HeldException _ -> HELD;
          case IOException _, UncheckedIOException _ -> FAILED;
          default -> throw e;
        };
    String text = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    line.getErr().println("lifeboat-agent: " + text);
    return exitCode;
  }

  /** The option that every subcommand takes. */
  static final class Config {
    @Option(
        names = "--config",
        required = true,
        paramLabel = "FILE",
        description = "configuration file, YAML")
    private Path file = Path.of("");

    AgentSettings read() throws SettingsException {
      return SettingsReader.read(file);
    }

    Path file() {
      return file;
    }

    /** What is wrong with the file, found out later. */
    SettingsException problem(String what) {
      return new SettingsException(file.toString(), List.of(what));
    }
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "say what to do: enrol, run, mark, status or detach");
  }
}
