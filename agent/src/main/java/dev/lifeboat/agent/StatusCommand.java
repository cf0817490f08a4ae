package dev.lifeboat.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lifeboat.agent.control.AgentStatus;
import dev.lifeboat.agent.control.Answer;
import dev.lifeboat.agent.control.ControlSocket;
import dev.lifeboat.agent.control.Request;
import dev.lifeboat.agent.convergence.Progress;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows where the running agent stands. */
@Command(
    name = "status",
    description = "Shows what the running agent does, how far it is, and why.",
    mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Mixin private AgentCommand.Config config;

  @Option(names = "--json", description = "print JSON")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    Answer answer = ControlSocket.ask(config.read().stateDirectory(), Request.status());
    if (!answer.error().isEmpty()) {
      throw new IOException(answer.error());
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(pretty(answer.result()));
    } else {
      print(JSON.treeToValue(answer.result(), AgentStatus.class), out);
    }
    out.flush();
    return 0;
  }

  private static String pretty(JsonNode node) throws IOException {
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node);
  }

  private static void print(AgentStatus status, PrintWriter out) {
    out.println("machine    " + status.machine());
    out.println("state      " + status.state() + because(status.reason()));
    if (status.bytesLeft() > 0) {
      out.println("left       " + size(status.bytesLeft()) + time(status.secondsLeft()));
    }
    String server = status.connected() ? "connected to " + status.server() : status.trouble();
    out.println("server     " + server);
    if (!status.operator().endpoint().isEmpty()) {
      out.println("operator   " + operator(status.operator()));
    }
    out.println(
        "lag        %s, newest point %s"
            .formatted(size(status.lagBytes()), age(status.lagSeconds())));
    out.println(
        "sequence   durable %d, uploaded %d, epoch %d"
            .formatted(status.durable(), status.uploaded(), status.epoch()));
    out.println(
        String.format(
            Locale.ROOT,
            "ring       %.0f %% full, %d files of tracked changes%s",
            status.ringFill() * 100,
            status.journalFiles(),
            because(status.journalTrouble())));
    if (status.losses().total() > 0) {
      out.println("not whole  " + status.losses());
    }
    for (Progress.Disk disk : status.disks()) {
      String left =
          disk.equal() ? "equal" : size(disk.bytesLeft()) + " left" + because(disk.reason());
      out.println(
          "disk %-5d %s, %s, %s".formatted(disk.id(), disk.device(), size(disk.size()), left));
    }
  }

  private static String operator(AgentStatus.Operator operator) {
    return operator.trouble().isEmpty()
        ? operator.endpoint() + ", certificate until " + operator.certificateEnds()
        : operator.endpoint() + ": " + operator.trouble();
  }

  private static String because(String reason) {
    return reason.isEmpty() ? "" : ": " + reason;
  }

  private static String time(long seconds) {
    return seconds < 0 ? "" : ", about " + Duration.ofSeconds(seconds).toString().substring(2);
  }

  private static String age(double seconds) {
    return seconds < 0 ? "none yet in this run" : String.format(Locale.ROOT, "%.1f s old", seconds);
  }

  private static String size(long bytes) {
    if (bytes < 1 << 20) {
      return bytes / 1024 + " KiB";
    }
    return String.format(Locale.ROOT, "%.1f MiB", bytes / 1048576.0);
  }
}
