package dev.lifeboat.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** How a machine stands. The machine's head in the vault is the truth, this is its cache. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@SchemaCustomizer(value = MapsByKey.class, input = "conditions=type")
public record ProtectedVMStatus(
    @JsonPropertyDescription("Generation of the spec that this status speaks of.")
        Long observedGeneration,
    @JsonPropertyDescription("The machine's uid in the vault.") String machineUid,
    @JsonPropertyDescription("How far protection is.") ProtectionState protectionState,
    @JsonPropertyDescription("Whether replication needs somebody.") Health replicationHealth,
    @JsonPropertyDescription("Where a test failover is.") TestState testFailoverState,
    @JsonPropertyDescription("Where the machine runs.") ActiveLocation activeLocation,
    @Size(max = 16) @JsonPropertyDescription("Actions that a RecoveryRun may ask for now.")
        List<String> allowedOperations,
    @JsonPropertyDescription("While image and log do not equal the machine: why, and how far.")
        Convergence convergence,
    @JsonPropertyDescription("Time of the newest recovery point in the vault.")
        String lastRecoveryPointTime,
    @Size(max = 32) @JsonPropertyDescription("Newest recovery points first.")
        List<PointSummary> recoveryPoints,
    @JsonPropertyDescription("The agent in the machine.") AgentSummary agent,
    @JsonPropertyDescription("How the agent is installed and enrolled.") EnrolmentSummary enrolment,
    @Size(max = 16) @JsonPropertyDescription("Conditions, one of a type.")
        List<Condition> conditions) {

  /** Protection, as one of the separate axes. */
  public enum ProtectionState {
    Unprotected,
    EnablingProtection,
    InitialReplication,
    Protected,
    Resyncing,
    FailingOver,
    CommitPending,
    Committed
  }

  /** Health, as one of the separate axes. */
  public enum Health {
    Normal,
    Warning,
    Critical
  }

  /** The test failover, as one of the separate axes. */
  public enum TestState {
    None,
    TestInProgress,
    TestReady,
    CleaningUp
  }

  /** Where the machine runs. */
  public enum ActiveLocation {
    Source,
    Recovery
  }

  /** How far the far side is from being equal to the machine. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Convergence(
      @JsonPropertyDescription("Why the machine converges.") String reason,
      @Min(0) @Max(100) @JsonPropertyDescription("Per cent that is done.") Integer percent) {}

  /** A recovery point. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record PointSummary(
      @Required @JsonPropertyDescription("lineage/epoch/sequence, for point.id of a RecoveryRun.")
          String id,
      @Required @JsonPropertyDescription("When it was taken.") String time,
      @JsonPropertyDescription("What it was called, if anything.") String label) {}

  /** What is known of the agent. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record AgentSummary(
      @JsonPropertyDescription("Version of the agent.") String version,
      @JsonPropertyDescription("Name of the host as the agent sees it.") String hostName,
      @JsonPropertyDescription("Processor cores of the machine.") Integer cores,
      @JsonPropertyDescription("Memory of the machine, in MiB.") Long memoryMiB,
      @JsonPropertyDescription("When the agent's certificate ends.") String certificateEnds) {}

  /** How to install the agent. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record EnrolmentSummary(
      @JsonPropertyDescription(
              "Secret with the one command to paste into the machine, key `command`.")
          String secretName,
      @JsonPropertyDescription("When its token ends; enrolling takes it away.") String tokenEnds) {}

  public ProtectedVMStatus {
    allowedOperations = allowedOperations == null ? List.of() : List.copyOf(allowedOperations);
    recoveryPoints = recoveryPoints == null ? List.of() : List.copyOf(recoveryPoints);
    conditions = conditions == null ? List.of() : List.copyOf(conditions);
  }

  /** The status of an object that nobody has looked at. */
  public static ProtectedVMStatus none() {
    return new ProtectedVMStatus(
        null, null, null, null, null, null, null, null, null, null, null, null, null);
  }
}
