package dev.lifeboat.testbed.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * What happened when, told while it happens. Times are seconds since this was made, by the
 * monotonic clock. Not thread-safe.
 */
public final class Timeline {

  /**
   * One step that was done.
   *
   * @param begun seconds since the beginning
   * @param seconds that it took
   */
  public record Step(String name, double begun, double seconds) {}

  /** What a step does; anything that it throws is the caller's. */
  @FunctionalInterface
  public interface Work {
    void run() throws Exception;
  }

  private final PrintStream out;
  private final long origin = System.nanoTime();
  private final List<Step> steps = new ArrayList<>();
  private String last = "";

  /** Told on {@code out}. */
  public Timeline(PrintStream out) {
    this.out = out;
  }

  /** Seconds since the beginning. */
  public double now() {
    return (System.nanoTime() - origin) / 1e9;
  }

  /** Does a step, and tells its beginning and its end. */
  public void step(String name, Work work) throws Exception {
    var _ =
        outcome(
            name,
            () -> {
              work.run();
              return name;
            });
  }

  /** As {@link #step}, of a step that something comes of. */
  public <T> T outcome(String name, Callable<T> work) throws Exception {
    double begun = now();
    line("  ", name + " ...");
    T outcome = work.call();
    Step step = new Step(name, begun, now() - begun);
    steps.add(step);
    line("* ", "%s: %.0f s".formatted(name, step.seconds()));
    return outcome;
  }

  /** Tells something; what was told last is not told again. */
  public void say(String text) {
    if (!text.equals(last)) {
      last = text;
      line("    ", text);
    }
  }

  private void line(String indent, String text) {
    Duration at = Duration.ofNanos(System.nanoTime() - origin);
    out.printf("%d:%02d %s%s%n", at.toMinutes(), at.toSecondsPart(), indent, text);
    out.flush();
  }

  /** What was done so far. */
  public List<Step> steps() {
    return List.copyOf(steps);
  }
}
