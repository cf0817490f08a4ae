package dev.lifeboat.testbed.workload;

import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a guest's workload said on its serial console ({@code testbed/machine/workload.c} and the
 * scripts around it). Immutable.
 *
 * @param checkedClean names of file systems that the boot's fsck found clean
 * @param lastInA the last record that the boot found on the first disk; empty if it was not checked
 * @param lastInB the same of the second disk; equal, or one less
 * @param written the last record that was on both disks for certain
 * @param broken what was found that no power cut leaves
 */
public record WorkloadReport(
    List<String> checkedClean,
    OptionalLong lastInA,
    OptionalLong lastInB,
    OptionalLong written,
    List<String> broken) {

  private static final Pattern CLEAN = Pattern.compile("^(?:workload|guest): fsck (\\w+) clean$");
  private static final Pattern LAST =
      Pattern.compile("^workload: last A=(\\d+) B=(\\d+) in order$");
  private static final Pattern WRITTEN = Pattern.compile("^workload: written (\\d+)$");

  public WorkloadReport {
    checkedClean = List.copyOf(checkedClean);
    broken = List.copyOf(broken);
  }

  /** Reads the console of one boot. */
  public static WorkloadReport of(String console) {
    List<String> clean =
        console.lines().map(CLEAN::matcher).filter(Matcher::matches).map(m -> m.group(1)).toList();
    List<String> broken = console.lines().filter(line -> line.contains("BROKEN")).toList();
    return new WorkloadReport(
        clean,
        number(console, LAST, 1),
        number(console, LAST, 2),
        number(console, WRITTEN, 1),
        broken);
  }

  /** The newest; a line that is cut in the middle does not match. */
  private static OptionalLong number(String console, Pattern pattern, int group) {
    return console
        .lines()
        .map(pattern::matcher)
        .filter(Matcher::matches)
        .mapToLong(m -> Long.parseLong(m.group(group)))
        .reduce((_, later) -> later);
  }

  /** Whether the boot found file systems clean and records in order. */
  public boolean sound() {
    return broken.isEmpty()
        && checkedClean.containsAll(List.of("root", "data"))
        && lastInA.isPresent();
  }
}
