package dev.lifeboat.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;

/** What one machine has otherwise than its policy says. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "!has(self.tags) || self.tags.all(k, !k.startsWith('lifeboat'))",
    message = "tags that begin with lifeboat are ours")
@ValidationRule(
    value =
        "!has(self.testSubnetId) || !has(self.subnetId)"
            + " || self.testSubnetId.lowerAscii() != self.subnetId.lowerAscii()",
    message = "testSubnetId must be another subnet than subnetId: a test runs isolated")
public record MachineTarget(
    @Pattern("^[A-Za-z0-9]([A-Za-z0-9-]{0,58}[A-Za-z0-9])?$")
        @JsonPropertyDescription("Name of the VM; left out: this object's name.")
        String vmName,
    @Pattern(Api.VM_SIZE)
        @JsonPropertyDescription(
            "VM size; left out: the policy's, else chosen by cores and memory, which are known once"
                + " an agent has enrolled here.")
        String vmSize,
    @JsonPropertyDescription("Type of the managed disks.") TargetSpec.DiskType diskType,
    @Pattern(Api.SUBNET) @JsonPropertyDescription("Resource id of the subnet of a failover.")
        String subnetId,
    @Pattern(Api.SUBNET)
        @JsonPropertyDescription("Resource id of the isolated subnet of a test failover.")
        String testSubnetId,
    @Pattern(Api.IPV4) @JsonPropertyDescription("Static address of a failover; left out: dynamic.")
        String privateIp,
    @Pattern(Api.IPV4)
        @JsonPropertyDescription("Static address of a test failover; left out: dynamic.")
        String testPrivateIp,
    @Default("Fail") @JsonPropertyDescription("What to do when the static address is taken.")
        OnIpConflict onIpConflict,
    @Size(max = 15) @JsonPropertyDescription("Tags of everything that is made in Azure.")
        Map<String, String> tags) {

  /** What to do when a static address is taken. */
  public enum OnIpConflict {
    Fail,
    NextFree
  }

  public MachineTarget {
    onIpConflict = onIpConflict == null ? OnIpConflict.Fail : onIpConflict;
    tags = tags == null ? Map.of() : Map.copyOf(tags);
  }

  /** Everything as the policy says. */
  public static MachineTarget none() {
    return new MachineTarget(null, null, null, null, null, null, null, null, null);
  }
}
