package dev.lifeboat.bench;

import java.util.List;
import java.util.Optional;

/**
 * One line of the page.
 *
 * @param goal what is to be reached; empty for what is only shown
 * @param peers what stands beside it, measured in the same rounds and the same unit
 * @param note how it was measured, or what limits it
 */
public record Row(
    String figure,
    String unit,
    Optional<Goal> goal,
    Samples measured,
    List<Peer> peers,
    String note) {

  public Row {
    peers = List.copyOf(peers);
  }

  /** For the terminal. */
  String inOneLine() {
    StringBuilder line = new StringBuilder(figure).append(": ").append(described(measured));
    line.append(' ').append(unit);
    goal.ifPresent(g -> line.append(", goal ").append(g));
    peers.forEach(
        p -> line.append("; ").append(p.name()).append(": ").append(described(p.measured())));
    return line.toString();
  }

  private static String described(Samples samples) {
    return "%s (%s–%s)"
        .formatted(
            Report.number(samples.median()),
            Report.number(samples.least()),
            Report.number(samples.most()));
  }

  /** A bound for the median. */
  public record Goal(double bound, boolean atLeast) {

    public static Goal atLeast(double bound) {
      return new Goal(bound, true);
    }

    public static Goal atMost(double bound) {
      return new Goal(bound, false);
    }

    /** From 1 on the goal is reached, whichever way it points. */
    double reached(double value) {
      return atLeast ? value / bound : bound / value;
    }

    @Override
    public String toString() {
      return (atLeast ? "≥ " : "≤ ") + Report.number(bound);
    }
  }

  /** Something else that did the same. */
  public record Peer(String name, Samples measured) {}
}
