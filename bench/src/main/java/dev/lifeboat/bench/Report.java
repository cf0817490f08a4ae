package dev.lifeboat.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Writes what was measured as a page. What a person wrote below the marker is kept. */
final class Report {
  static final String MARKER = "<!-- measured above, written by hand below -->";

  private Report() {}

  static void write(Path page, Machine machine, List<Row> rows, List<Row> limits)
      throws IOException {
    StringBuilder text = new StringBuilder(1 << 13);
    text.append("# Benchmarks\n\n")
        .append("Written by `bench/run`: peers within each round, medians.")
        .append(" Ratio: against the goal, 1 and more reaches it.\n\n")
        .append("![Figures against their goals](benchmarks.svg)\n\n")
        .append(machine.describe())
        .append("\n\n## Figures\n\n")
        .append(
            "| figure | goal | rounds | median | min–max | goal's ratio | beside it: median (min–max)"
                + " |\n")
        .append("|---|---|---|---|---|---|---|\n");
    rows.forEach(row -> text.append(line(row)));
    text.append("\nHow each was measured:\n\n");
    rows.stream()
        .filter(row -> !row.note().isEmpty())
        .forEach(row ->
            text.append("- ").append(row.figure()).append(": ").append(row.note()).append(".\n"));
    text.append("\n## The machine's limits, one thread\n\n")
        .append("| what | median | min–max |\n|---|---|---|\n");
    limits.forEach(row ->
        text.append(
            "| %s | %s | %s |%n"
                .formatted(
                    row.figure(), withUnit(row, row.measured().median()), range(row.measured()))));
    text.append('\n').append(MARKER).append('\n').append(byHand(page));
    Files.writeString(page, text.toString().replace("\r", ""));
  }

  private static String line(Row row) {
    StringBuilder beside = new StringBuilder();
    for (Row.Peer peer : row.peers()) {
      beside
          .append(beside.isEmpty() ? "" : "; ")
          .append(peer.name())
          .append(": ")
          .append(number(peer.measured().median()))
          .append(" (")
          .append(range(peer.measured()))
          .append(')');
    }
    return "| %s | %s | %d | %s | %s | %s | %s |%n"
        .formatted(
            row.figure(),
            row.goal().map(goal -> goal + " " + row.unit()).orElse("–"),
            row.measured().values().size(),
            withUnit(row, row.measured().median()),
            range(row.measured()),
            ratio(row).map(r -> number(r) + (r < 1 ? " missed" : "")).orElse("–"),
            beside);
  }

  /** How far the goal is reached, if there is one. */
  static Optional<Double> ratio(Row row) {
    return row.goal().map(goal -> goal.reached(row.measured().median()));
  }

  private static String withUnit(Row row, double value) {
    return number(value) + " " + row.unit();
  }

  private static String range(Samples samples) {
    return number(samples.least()) + "–" + number(samples.most());
  }

  /** Three digits that count. */
  static String number(double value) {
    double size = Math.abs(value);
    String format = size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : size >= 0.1 ? "%.2f" : "%.3f";
    return String.format(Locale.ROOT, format, value);
  }

  private static String byHand(Path page) {
    try {
      String was = Files.exists(page) ? Files.readString(page) : "";
      int at = was.indexOf(MARKER);
      return at < 0 ? "" : was.substring(at + MARKER.length()).stripLeading().indent(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
