package dev.lifeboat.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** What is to be done. Immutable, but for {@code cancel}, which goes one way. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "has(self.machine) != has(self.plan)",
    message = "name a machine or a plan, one of both")
@ValidationRule(
    value = "!has(self.point) || self.action in ['TestFailover', 'Failover']",
    message = "point has a meaning for TestFailover and Failover only")
@ValidationRule(
    value = "!has(self.point) || !has(self.point.id) || has(self.machine)",
    message = "point.id is of one machine; for a plan give point.time")
@ValidationRule(
    value = "!has(self.acceptSplitBrain) || self.action == 'Failover'",
    message = "acceptSplitBrain has a meaning for Failover only")
@ValidationRule(
    value =
        "self.action == oldSelf.action && has(self.machine) == has(oldSelf.machine)"
            + " && (!has(self.machine) || self.machine == oldSelf.machine)"
            + " && has(self.plan) == has(oldSelf.plan)"
            + " && (!has(self.plan) || self.plan == oldSelf.plan)"
            + " && has(self.point) == has(oldSelf.point)"
            + " && (!has(self.point) || self.point == oldSelf.point)"
            + " && has(self.acceptSplitBrain) == has(oldSelf.acceptSplitBrain)"
            + " && (!has(self.acceptSplitBrain)"
            + " || self.acceptSplitBrain == oldSelf.acceptSplitBrain)",
    message = "a run is immutable but for cancel: make another run")
@ValidationRule(
    value = "!has(oldSelf.cancel) || !oldSelf.cancel || (has(self.cancel) && self.cancel)",
    message = "cancel goes one way: make another run")
public record RecoveryRunSpec(
    @Required @JsonPropertyDescription("What to do.") Action action,
    @Pattern(Api.NAME)
        @Size(max = 253)
        @JsonPropertyDescription("Name of a ProtectedVM in the same namespace.")
        String machine,
    @Pattern(Api.NAME)
        @Size(max = 253)
        @JsonPropertyDescription("Name of a RecoveryPlan in the same namespace.")
        String plan,
    @JsonPropertyDescription("Which recovery point; left out: Latest.") Point point,
    @JsonPropertyDescription(
            "Fails over although the source still answers: it is not stopped, and both would run.")
        Boolean acceptSplitBrain,
    @JsonPropertyDescription("Stops the run and takes back what it made. Cannot be taken back.")
        Boolean cancel) {

  /** What a run may do. */
  public enum Action {
    TestFailover,
    CleanupTestFailover,
    Failover,
    Commit
  }

  /** Which recovery point. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value =
          "self.type == 'Custom' ? has(self.id) != has(self.time) : !has(self.id) && !has(self.time)",
      message = "Custom needs id or time, one of both; the others have neither")
  public record Point(
      @Default("Latest")
          @JsonPropertyDescription(
              "Latest: waits until living process servers have uploaded what they hold."
                  + " LatestProcessed: what is in the vault now. Custom: by id or time.")
          Type type,
      @Pattern("^[0-9a-f-]{36}/[0-9]{1,18}/[0-9]{1,18}$")
          @JsonPropertyDescription("A point's id, from the machine's status.recoveryPoints.")
          String id,
      @Pattern("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?Z$")
          @JsonPropertyDescription("The newest point that is not younger than this.")
          String time) {

    /** How the point is chosen. */
    public enum Type {
      Latest,
      LatestProcessed,
      Custom
    }

    public Point {
      type = type == null ? Type.Latest : type;
    }
  }

  /** The point to use where the run says nothing. */
  public static Point latest() {
    return new Point(null, null, null);
  }
}
