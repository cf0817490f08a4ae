package dev.lifeboat.operator.cloud;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What came of asking whether a machine could come up now.
 *
 * @param checks those that were made, in their order
 */
public record Readiness(List<Check> checks) {

  /** How a check ended. */
  public enum Outcome {
    Good,
    Bad,
    /** It could not be made. */
    Unknown
  }

  /**
   * One thing that was looked at.
   *
   * @param subject what, as it is shown to people
   * @param reason a condition's reason; empty if it is good
   * @param message what to do; empty if it is good
   */
  public record Check(String subject, Outcome outcome, String reason, String message) {

    public static Check good(String subject) {
      return new Check(subject, Outcome.Good, "", "");
    }

    public static Check bad(String subject, String reason, String message) {
      return new Check(subject, Outcome.Bad, reason, message);
    }

    public static Check unknown(String subject, String reason, String message) {
      return new Check(subject, Outcome.Unknown, reason, message);
    }
  }

  public Readiness {
    checks = List.copyOf(checks);
  }

  /** Something that would make a failover fail; else something that could not be looked at. */
  public Optional<Check> worst() {
    return first(Outcome.Bad).or(() -> first(Outcome.Unknown));
  }

  private Optional<Check> first(Outcome outcome) {
    return checks.stream().filter(check -> check.outcome() == outcome).findFirst();
  }

  /** What is in order, in words. */
  public String good() {
    return checks.stream()
        .filter(check -> check.outcome() == Outcome.Good)
        .map(Check::subject)
        .collect(Collectors.joining(", "));
  }
}
