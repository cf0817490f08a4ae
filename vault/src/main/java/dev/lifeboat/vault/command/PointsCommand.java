package dev.lifeboat.vault.command;

import dev.lifeboat.vault.point.LogView;
import dev.lifeboat.vault.point.LogWalk;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists recovery points. */
@Command(
    name = "points",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the recovery points of a machine, oldest first, and what is missing.",
      "Reads indexes only; `verify` reads everything. Ends with 1 if points are lost."
    })
public final class PointsCommand implements Callable<Integer> {

  @Mixin private Common common = new Common();
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Common.Opened opened = common.open(common.config());
    LogView view = LogWalk.footers(opened.log(), opened.key());
    if (common.json()) {
      PointPrinter.json(view, spec.commandLine().getOut());
    } else {
      PointPrinter.points(view, spec.commandLine().getOut());
      PointPrinter.losses(view, spec.commandLine().getErr());
    }
    return view.lost().isEmpty() && view.findings().isEmpty() ? 0 : 1;
  }
}
