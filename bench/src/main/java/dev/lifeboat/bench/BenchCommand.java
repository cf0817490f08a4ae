package dev.lifeboat.bench;

import dev.lifeboat.bench.figure.AgentFigure;
import dev.lifeboat.bench.figure.CaptureFigure;
import dev.lifeboat.bench.figure.Content;
import dev.lifeboat.bench.figure.FirstCopyFigure;
import dev.lifeboat.bench.figure.HydrateFigure;
import dev.lifeboat.bench.figure.RpoFigure;
import dev.lifeboat.bench.figure.ServerFigure;
import dev.lifeboat.bench.figure.WireFigure;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bench/run}: measures, prints as it goes, and writes the page and its plot. */
@Command(
    name = "bench/run",
    description = "Measures the figures (all if none is named) and writes docs/benchmarks.md.",
    mixinStandardHelpOptions = true)
public final class BenchCommand implements Callable<Integer> {
  private static final List<Figure> FIGURES =
      List.of(
          new CaptureFigure(),
          new AgentFigure(),
          new ServerFigure(),
          new RpoFigure(),
          new WireFigure(),
          new FirstCopyFigure(),
          new HydrateFigure());

  @Parameters(paramLabel = "FIGURE", arity = "0..*", description = "what to measure; see --list")
  private List<String> names = List.of();

  @Option(names = "--runs", defaultValue = "5", description = "rounds: ${DEFAULT-VALUE}")
  private int runs;

  @Option(names = "--list", description = "show the figures and end")
  private boolean list;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "where benchmarks.md goes; docs if all figures are measured, else nowhere")
  private Path out = Path.of("");

  @Option(
      names = "--work",
      paramLabel = "DIR",
      defaultValue = "bench/target/work",
      description = "where scratch data goes, on a disk with 20 GB free: ${DEFAULT-VALUE}")
  private Path work = Path.of("");

  @Spec private CommandSpec spec;

  /** Runs the program. */
  public static void main(String[] args) {
    System.exit(
        new CommandLine(new BenchCommand())
            .setExecutionExceptionHandler((failure, command, _) -> {
              command.getErr().println("bench/run: " + failure.getMessage());
              return 1;
            })
            .execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter print = spec.commandLine().getOut();
    if (list) {
      FIGURES.forEach(figure -> print.printf("%-12s%s%n", figure.name(), figure.title()));
      return 0;
    }
    List<Figure> chosen = chosen();
    Machine.Usage before = Machine.Usage.now();
    boolean page = !out.toString().isEmpty() || names.isEmpty();
    List<Row> rows = new ArrayList<>();
    List<Row> limits = new ArrayList<>();
    if (page) {
      inFolder(
          "limits",
          folder -> limits.addAll(new Limits(Content.bytes()).measure(folder, runs)),
          limits,
          print);
    }
    for (Figure figure : chosen) {
      print.println(figure.title());
      print.flush();
      inFolder(figure.name(), folder -> rows.addAll(figure.measure(folder, runs)), rows, print);
      if (page) {
        // After each figure: what breaks off later leaves what was measured.
        write(before, rows, limits);
      }
    }
    return 0;
  }

  private void write(Machine.Usage before, List<Row> rows, List<Row> limits) throws IOException {
    Path target = out.toString().isEmpty() ? Path.of("docs") : out;
    Files.createDirectories(target);
    Report.write(target.resolve("benchmarks.md"), Machine.now(before), rows, limits);
    Plot.write(target.resolve("benchmarks.svg"), rows);
  }

  private List<Figure> chosen() {
    if (runs < 1) {
      throw new ParameterException(spec.commandLine(), "--runs must be at least 1");
    }
    if (names.isEmpty()) {
      return FIGURES;
    }
    return names.stream().map(this::figure).toList();
  }

  private Figure figure(String name) {
    return FIGURES.stream()
        .filter(figure -> figure.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new ParameterException(
                spec.commandLine(), "no figure '" + name + "'; --list shows them"));
  }

  private interface Measuring {
    void in(Path folder) throws IOException, InterruptedException;
  }

  private void inFolder(String name, Measuring measuring, List<Row> rows, PrintWriter print)
      throws IOException, InterruptedException {
    int had = rows.size();
    Files.createDirectories(work);
    Path folder = Files.createTempDirectory(work, name + "-").toAbsolutePath();
    // A failure leaves it: the programs' logs are in there.
    measuring.in(folder);
    delete(folder);
    rows.subList(had, rows.size()).forEach(row -> print.println("  " + row.inOneLine()));
    print.flush();
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path path : (Iterable<Path>) tree.sorted(Comparator.reverseOrder())::iterator) {
        Files.delete(path);
      }
    }
  }
}
