package dev.lifeboat.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** Which machine is protected, and how it comes up. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@SchemaCustomizer(value = MapsByKey.class, input = "disks=id")
@ValidationRule(
    value = "self.policy == oldSelf.policy",
    message = "policy is immutable: the machine's points lie in its policy's vault")
@ValidationRule(
    value =
        "has(oldSelf.machineUid) ? has(self.machineUid) && self.machineUid == oldSelf.machineUid :"
            + " !has(self.machineUid)",
    message =
        "machineUid is immutable: it names the log; make another ProtectedVM for another machine")
public record ProtectedVMSpec(
    @Required
        @Pattern(Api.NAME)
        @JsonPropertyDescription("Name of the ReplicationPolicy, in the same namespace.")
        String policy,
    @Required @JsonPropertyDescription("The machine that runs today.") Source source,
    @Size(max = 64)
        @JsonPropertyDescription(
            "Disks to protect; settled when the agent enrols. The VM boots from disk 1. Left out:"
                + " every whole disk that the agent finds then, numbered in the order of their"
                + " names.")
        List<Disk> disks,
    @Pattern(Api.UUID)
        @JsonPropertyDescription(
            "Uid in the vault of a machine that was protected before, to go on with its points."
                + " Left out: a new one.")
        String machineUid,
    @JsonPropertyDescription(
            "How the machine comes up in Azure; what is left out, the policy says.")
        MachineTarget target,
    @Default("Retain")
        @JsonPropertyDescription("What becomes of the points when this object is deleted.")
        DeletionPolicy deletionPolicy) {

  /** What becomes of the points when the object is deleted. */
  public enum DeletionPolicy {
    Retain
  }

  /** Where the machine runs today. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @ValidationRule(
      value = "self.host.name == oldSelf.host.name",
      message = "source is immutable: make another ProtectedVM for another machine")
  public record Source(
      @Required @JsonPropertyDescription("A virtual or physical host that runs the agent.")
          Host host) {}

  /** A host that the agent is installed on by hand. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Host(
      @Required
          @Pattern("^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$")
          @JsonPropertyDescription("Name of the host, for people.")
          String name) {}

  /** A disk to protect. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Disk(
      @Required
          @Min(1)
          @Max(64)
          @JsonPropertyDescription(
              "What the disk is called in log and vault, for ever. 1 is the disk that boots.")
          Integer id,
      @Required
          @Pattern("^/dev/[A-Za-z0-9/_.:-]{1,200}$")
          @JsonPropertyDescription("The whole disk in the machine, such as /dev/sda.")
          String device) {}

  public ProtectedVMSpec {
    disks = disks == null ? List.of() : List.copyOf(disks);
    target = target == null ? MachineTarget.none() : target;
    deletionPolicy = deletionPolicy == null ? DeletionPolicy.Retain : deletionPolicy;
  }
}
