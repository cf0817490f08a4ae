package dev.lifeboat.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
  private static final Machine MACHINE = new Machine("6.1", "a processor", 2, 3, 0.1);

  @TempDir Path folder;

  private static Row row(Row.Goal goal, double... values) {
    return new Row(
        "something",
        "MB/s",
        Optional.of(goal),
        new Samples(java.util.Arrays.stream(values).boxed().toList()),
        List.of(new Row.Peer("peer", new Samples(List.of(50.0)))),
        "somehow");
  }

  @Test
  void ratioIsOneAndMoreWhereTheGoalIsReached_whicheverWayItPoints() {
    assertThat(Report.ratio(row(Row.Goal.atLeast(100), 150))).contains(1.5);
    assertThat(Report.ratio(row(Row.Goal.atMost(5), 10))).contains(0.5);
  }

  @Test
  void pageHasTheFiguresAndKeepsWhatWasWrittenByHand() throws Exception {
    Path page = folder.resolve("benchmarks.md");
    Report.write(page, MACHINE, List.of(row(Row.Goal.atLeast(100), 80, 90, 85)), List.of());
    assertThat(page)
        .content()
        .contains(
            "| something | ≥ 100 MB/s | 3 | 85.0 MB/s | 80.0–90.0 | 0.85 missed | peer: 50.0"
                + " (50.0–50.0) |")
        .contains("machine was shared");
    Files.writeString(page, Files.readString(page) + "\n## By hand\n\nwords\n");
    Report.write(page, MACHINE, List.of(row(Row.Goal.atLeast(100), 120)), List.of());
    Report.write(page, MACHINE, List.of(row(Row.Goal.atLeast(100), 130)), List.of());
    assertThat(page).content().contains("130 MB/s").doesNotContain("120 MB/s").contains("words\n");
    assertThat(Files.readString(page).split(Report.MARKER, -1)).hasSize(2);
  }

  @Test
  void plotIsWellFormedAndHasABarForEachGoal() throws Exception {
    Path plot = folder.resolve("plot.svg");
    Plot.write(
        plot,
        List.of(row(Row.Goal.atLeast(100), 1e9, 2, 300), row(Row.Goal.atMost(1), 0.001, 4, 1e7)));
    var svg = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(plot.toFile());
    // The background and two bars.
    assertThat(svg.getElementsByTagName("rect").getLength()).isEqualTo(3);
  }
}
