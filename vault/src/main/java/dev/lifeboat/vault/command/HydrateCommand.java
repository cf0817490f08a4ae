package dev.lifeboat.vault.command;

import dev.lifeboat.vault.hydrate.DiskTarget;
import dev.lifeboat.vault.hydrate.Hydration;
import dev.lifeboat.vault.hydrate.HydrationProgress;
import dev.lifeboat.vault.hydrate.HydrationSource;
import dev.lifeboat.vault.point.LogView;
import dev.lifeboat.vault.point.PointId;
import dev.lifeboat.vault.point.RecoveryPoint;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Brings a disk back. */
@Command(
    name = "hydrate",
    mixinStandardHelpOptions = true,
    description = {
      "Writes a disk as it was at a recovery point; several, one after the other, where --disk and"
          + " --to come again: the log is looked through once for all.",
      "Can be broken off and gone on with by --resume, from a file that is kept beside the target."
    })
public final class HydrateCommand implements Callable<Integer> {

  @Mixin private Common common = new Common();

  @ArgGroup(exclusive = false, multiplicity = "1..*")
  private List<Wanted> wanted = new ArrayList<>();

  @Option(names = "--scratch", paramLabel = "DIR", description = "where blob: lays the disk out")
  private Path scratch = Path.of("");

  @Option(names = "--resume", description = "go on with what was broken off")
  private boolean resume;

  @Option(names = "--force", description = "replace an existing file, or earlier progress")
  private boolean force;

  @Spec private CommandSpec spec;

  /** One disk of the command line, and where it goes. */
  private static final class Wanted {
    @Option(
        names = "--point",
        paramLabel = "latest|TIME|ID",
        required = true,
        description = "newest point, newest not after a time (2026-01-31T12:00:00Z), or an id")
    private String point;

    @Option(names = "--disk", required = true, paramLabel = "N", description = "the disk's id")
    private int disk;

    @Option(
        names = "--to",
        required = true,
        paramLabel = "FILE|DEVICE|vhd:FILE|blob:URL",
        description =
            "raw image, block device, fixed VHD, or page blob at a URL with its signature (as VHD);"
                + " @FILE reads it from a file, for a URL is a secret")
    private String to;
  }

  private record Work(RecoveryPoint point, int disk, Targets targets) {}

  @Override
  public Integer call() throws IOException {
    if (resume && force) {
      throw new ConfigException(List.of("--resume and --force exclude each other"));
    }
    VaultConfig settings = common.config();
    List<Targets> targets = new ArrayList<>();
    for (Wanted one : wanted) {
      targets.add(Targets.parse(one.to, one.disk, scratch, resume, force));
    }
    Common.Opened opened = common.open(settings);
    HydrationSource source = HydrationSource.open(opened.log(), opened.key());
    for (Work work : work(source.view(), targets)) {
      hydrate(source, work, settings);
    }
    return 0;
  }

  /** All points are found before the first disk is written. */
  private List<Work> work(LogView view, List<Targets> targets) throws IOException {
    List<Work> all = new ArrayList<>();
    for (int i = 0; i < targets.size(); i++) {
      all.add(new Work(choose(view, wanted.get(i).point), wanted.get(i).disk, targets.get(i)));
    }
    return all;
  }

  private void hydrate(HydrationSource source, Work work, VaultConfig settings) throws IOException {
    Hydration hydration = new Hydration(source, work.point(), work.disk(), settings.hydration());
    Targets targets = work.targets();
    try (DiskTarget target = targets.open(settings, hydration.size())) {
      HydrationProgress progress = progress(targets.progressFile(), hydration.identity());
      hydration.run(target, progress);
      target.finish();
      progress.complete();
    }
    targets.cleanUp();
    print(work, hydration.size());
  }

  private HydrationProgress progress(Path file, String identity) throws IOException {
    PrintWriter err = spec.commandLine().getErr();
    return resume
        ? HydrationProgress.resumed(file, identity, Clock.systemUTC(), r -> report(r, err))
        : HydrationProgress.fresh(file, identity, Clock.systemUTC(), r -> report(r, err));
  }

  private static RecoveryPoint choose(LogView view, String point) throws IOException {
    Optional<RecoveryPoint> found;
    if (point.equals("latest")) {
      found = view.latest();
    } else {
      Optional<PointId> id = PointId.parse(point);
      found = id.isPresent() ? view.byId(id.get()) : view.at(time(point));
    }
    return found.orElseThrow(() ->
        new IOException(
            "there is no recovery point "
                + point
                + "; `points` lists the "
                + view.points().size()
                + " there are, and "
                + view.lost().size()
                + " that are lost"));
  }

  private static Instant time(String point) throws ConfigException {
    try {
      return Instant.parse(point);
    } catch (DateTimeParseException e) {
      throw new ConfigException(
          List.of(
              "--point must be latest, a time such as 2026-01-31T12:00:00Z, or an id as `points`"
                  + " prints it; not "
                  + point));
    }
  }

  private void report(HydrationProgress.Report r, PrintWriter err) {
    if (common.json()) {
      return;
    }
    double window = r.windowOwned() == 0 ? 0 : (double) r.windowDone() / r.windowOwned();
    double share =
        r.size() == 0
            ? 1
            : Math.min(1, (r.position() + window * (r.size() - r.position())) / r.size());
    double seconds = r.elapsed().toMillis() / 1000.0;
    String left =
        share > 0.01 && share < 1
            ? ", about " + Duration.ofSeconds((long) (seconds / share * (1 - share))) + " left"
            : "";
    err.printf("%3.0f %%, %s written%s%n", share * 100, PointPrinter.size(r.written()), left);
    err.flush();
  }

  private void print(Work work, long size) throws IOException {
    RecoveryPoint chosen = work.point();
    int disk = work.disk();
    PrintWriter out = spec.commandLine().getOut();
    if (common.json()) {
      out.println(
          Common.text(
              Common.JSON
                  .createObjectNode()
                  .put("point", chosen.id().toString())
                  .put("time", chosen.mark().time().toString())
                  .put("disk", disk)
                  .put("size", size)));
    } else {
      out.println("disk " + disk + " of " + chosen.mark().time() + ", " + PointPrinter.size(size));
    }
    out.flush();
  }
}
