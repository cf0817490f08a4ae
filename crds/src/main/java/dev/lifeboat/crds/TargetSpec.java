package dev.lifeboat.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;

/** Where machines come up in Azure. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value =
        "!has(self.testSubnetId)"
            + " || self.testSubnetId.lowerAscii() != self.subnetId.lowerAscii()",
    message = "testSubnetId must be another subnet than subnetId: a test runs isolated")
public record TargetSpec(
    @Required @Pattern(Api.UUID) @JsonPropertyDescription("Subscription that machines come up in.")
        String subscriptionId,
    @Required
        @Pattern("^[A-Za-z0-9_().-]{1,90}$")
        @JsonPropertyDescription(
            "Resource group. Make it beforehand: a failover makes one that is missing if the"
                + " identity may, but FailoverReady stays Unknown until it is there.")
        String resourceGroup,
    @Required @Pattern("^[a-z0-9]{1,40}$") @JsonPropertyDescription("Region, such as westeurope.")
        String region,
    @Required
        @Pattern(Api.SUBNET)
        @JsonPropertyDescription("Resource id of the subnet of a failover.")
        String subnetId,
    @Pattern(Api.SUBNET)
        @JsonPropertyDescription(
            "Resource id of the isolated subnet of a test failover; without it there are no tests.")
        String testSubnetId,
    @Pattern(Api.VM_SIZE)
        @JsonPropertyDescription("VM size; left out: chosen by the machine's cores and memory.")
        String vmSize,
    @Default("StandardSSD_LRS") @JsonPropertyDescription("Type of the managed disks.")
        DiskType diskType,
    @JsonPropertyDescription(
            "Service principal: keys `tenantId`, `clientId`, `clientSecret`. Left out: the"
                + " operator's own credential.")
        SecretRef credentialSecretRef) {

  /** The types of managed disks that a replica may have. */
  public enum DiskType {
    Standard_LRS,
    StandardSSD_LRS,
    Premium_LRS
  }

  public TargetSpec {
    diskType = diskType == null ? DiskType.StandardSSD_LRS : diskType;
  }
}
