package dev.lifeboat.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Draws how far each figure reaches its goal: a bar each, on a logarithmic scale around 1. */
final class Plot {
  private static final int LEFT = 400;
  private static final int WIDTH = 960;
  private static final int STEP = 30;
  private static final int TOP = 56;
  private static final double LEAST = 0.25;
  private static final double MOST = 16;

  private Plot() {}

  static void write(Path file, List<Row> rows) throws IOException {
    List<Row> shown = rows.stream().filter(row -> row.goal().isPresent()).toList();
    int height = TOP + shown.size() * STEP + 40;
    StringBuilder svg = new StringBuilder(1 << 12);
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\""
                + " height=\"%d\" font-family=\"sans-serif\" font-size=\"13\">%n"
                + "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>%n"
                + "<text x=\"16\" y=\"26\" font-size=\"16\" fill=\"#222\">Figures against their"
                + " goals (1 = reached, more is better; median, line: min–max)</text>%n",
            WIDTH,
            height,
            WIDTH,
            height));
    for (double tick = LEAST; tick <= MOST; tick *= 2) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"%s\""
                  + " stroke-width=\"%d\"/>%n<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\""
                  + " fill=\"#555\">%s</text>%n",
              x(tick),
              TOP - 8,
              x(tick),
              height - 32,
              tick == 1 ? "#222" : "#ddd",
              tick == 1 ? 2 : 1,
              x(tick),
              height - 14,
              label(tick)));
    }
    for (int i = 0; i < shown.size(); i++) {
      svg.append(bar(shown.get(i), TOP + i * STEP));
    }
    Files.writeString(file, svg.append("</svg>\n").toString());
  }

  private static String bar(Row row, int y) {
    Row.Goal goal = row.goal().orElseThrow();
    double reached = goal.reached(row.measured().median());
    double from = Math.min(x(1), x(reached));
    double width = Math.abs(x(reached) - x(1));
    double low = x(goal.reached(row.measured().least()));
    double high = x(goal.reached(row.measured().most()));
    return String.format(
        Locale.ROOT,
        "<text x=\"%d\" y=\"%d\" text-anchor=\"end\" fill=\"#222\">%s</text>%n"
            + "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"18\" fill=\"%s\"/>%n"
            + "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#222\"/>%n"
            + "<text x=\"%.1f\" y=\"%d\" fill=\"#222\">%s %s</text>%n",
        LEFT - 14,
        y + 14,
        row.figure(),
        from,
        y,
        width,
        reached >= 1 ? "#2a7f62" : "#c0563b",
        low,
        y + 9,
        high,
        y + 9,
        Math.max(x(1), Math.max(x(reached), Math.max(low, high))) + 6,
        y + 14,
        Report.number(row.measured().median()),
        row.unit());
  }

  private static String label(double tick) {
    return tick < 1 ? "1/" + (int) (1 / tick) : Integer.toString((int) tick);
  }

  private static double x(double ratio) {
    double place = Math.log(Math.clamp(ratio, LEAST, MOST) / LEAST) / Math.log(MOST / LEAST);
    return LEFT + place * (WIDTH - LEFT - 100);
  }
}
