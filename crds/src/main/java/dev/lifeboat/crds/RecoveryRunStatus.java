package dev.lifeboat.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** How far a run is, and what it took: kept as its evidence. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@SchemaCustomizer(value = MapsByKey.class, input = "conditions=type members=name")
public record RecoveryRunStatus(
    @JsonPropertyDescription("Generation of the spec that this status speaks of.")
        Long observedGeneration,
    @JsonPropertyDescription("How far the run is.") Phase phase,
    @JsonPropertyDescription("The machine or plan, as it is shown.") String subject,
    @JsonPropertyDescription("What is done at the moment.") String step,
    @JsonPropertyDescription("When the run began.") String startTime,
    @JsonPropertyDescription("When the run ended.") String completionTime,
    @JsonPropertyDescription("Seconds between the oldest point used and the beginning of the run.")
        Long rpoSeconds,
    @JsonPropertyDescription("Seconds from the beginning until every machine ran.") Long rtoSeconds,
    @Size(max = 140) @JsonPropertyDescription("The machines of the run.") List<Member> members,
    @Size(max = 16) @JsonPropertyDescription("Conditions, one of a type.")
        List<Condition> conditions) {

  /** How far a run is. */
  public enum Phase {
    Pending,
    Running,
    RollingBack,
    Succeeded,
    Failed,
    Cancelled
  }

  /** One machine of a run. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  public record Member(
      @Required @JsonPropertyDescription("Name of the ProtectedVM.") String name,
      @JsonPropertyDescription("Uid of the machine in the vault when the run began.")
          String machineUid,
      @JsonPropertyDescription("Group of the plan, counted from 0.") Integer group,
      @JsonPropertyDescription("How far this machine is.") MemberPhase phase,
      @JsonPropertyDescription("The step at hand.") String step,
      @JsonPropertyDescription("The recovery point in use.") String point,
      @JsonPropertyDescription("When it was taken.") String pointTime,
      @Size(max = 64) @JsonPropertyDescription("The disks.") List<DiskProgress> disks,
      @JsonPropertyDescription("Resource id of the group that it comes up in.")
          String resourceGroup,
      @JsonPropertyDescription("Name of the VM in Azure.") String vmName,
      @JsonPropertyDescription("Its private address.") String privateIp,
      @JsonPropertyDescription("Why it failed or waits, and what to do.") String message,
      @JsonPropertyDescription("The reason of that, for programs.") String reason,
      @Size(max = 32) @JsonPropertyDescription("What was done, and how long it took.")
          List<StepRecord> timeline) {
    public Member {
      disks = disks == null ? List.of() : List.copyOf(disks);
      timeline = timeline == null ? List.of() : List.copyOf(timeline);
    }
  }

  /** How far one machine of a run is. */
  public enum MemberPhase {
    Pending,
    Running,
    RollingBack,
    Succeeded,
    Failed,
    Cancelled;

    /** Whether nothing will be done with the machine any more. */
    public boolean ended() {
      return this == Succeeded || this == Failed || this == Cancelled;
    }
  }

  /** A disk that is hydrated. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record DiskProgress(
      @Required @JsonPropertyDescription("The disk's id.") Integer id,
      @JsonPropertyDescription("Its size in bytes.") Long bytes,
      @JsonPropertyDescription("Name of the managed disk.") String diskName,
      @JsonPropertyDescription("Whether all bytes are there.") Boolean hydrated) {}

  /** A step that was begun. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record StepRecord(
      @Required @JsonPropertyDescription("Name of the step.") String name,
      @Required @JsonPropertyDescription("When it began.") String startTime,
      @JsonPropertyDescription("When it ended.") String completionTime) {}

  public RecoveryRunStatus {
    members = members == null ? List.of() : List.copyOf(members);
    conditions = conditions == null ? List.of() : List.copyOf(conditions);
  }

  /** The status of an object that nobody has looked at. */
  public static RecoveryRunStatus none() {
    return new RecoveryRunStatus(null, null, null, null, null, null, null, null, null, null);
  }

  /** Whether nothing will be done any more. */
  public boolean ended() {
    return phase == Phase.Succeeded || phase == Phase.Failed || phase == Phase.Cancelled;
  }
}
