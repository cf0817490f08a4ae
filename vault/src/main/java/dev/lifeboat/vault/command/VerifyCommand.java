package dev.lifeboat.vault.command;

import dev.lifeboat.vault.point.LogView;
import dev.lifeboat.vault.point.Verification;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Reads everything back. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = {
      "Reads a machine's whole log back and checks tags, numbers and chains.",
      "Names each blob that is missing or altered, and the points that it costs;",
      "ends with 1 if there is one."
    })
public final class VerifyCommand implements Callable<Integer> {

  @Mixin private Common common = new Common();
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Common.Opened opened = common.open(common.config());
    LogView view = Verification.of(opened.log(), opened.key());
    PrintWriter out = spec.commandLine().getOut();
    if (common.json()) {
      PointPrinter.json(view, out);
    } else {
      PointPrinter.losses(view, out);
      out.printf(
          "%d blobs, %s read back; %d points are whole, %d are lost%n",
          view.blobs(), PointPrinter.size(view.bytes()), view.points().size(), view.lost().size());
      out.flush();
    }
    return view.findings().isEmpty() && view.lost().isEmpty() ? 0 : 1;
  }
}
