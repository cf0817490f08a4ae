package dev.lifeboat.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;

/** What a policy asks for. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "self.rpoThresholdSeconds >= self.crashConsistentIntervalSeconds",
    message =
        "rpoThresholdSeconds must not be below crashConsistentIntervalSeconds: it could never be"
            + " met")
@ValidationRule(
    value =
        "has(self.processServers) && has(oldSelf.processServers)"
            + " ? self.processServers.cacheSize == oldSelf.processServers.cacheSize"
            + " : (!has(self.processServers) || self.processServers.cacheSize == '"
            + ProcessServersSpec.CACHE_SIZE
            + "') && (!has(oldSelf.processServers) || oldSelf.processServers.cacheSize == '"
            + ProcessServersSpec.CACHE_SIZE
            + "')",
    message =
        "processServers.cacheSize is immutable: cache volumes stay as they were made; make another"
            + " policy")
@ValidationRule(
    value =
        "has(self.processServers) && has(self.processServers.storageClassName)"
            + " ? has(oldSelf.processServers) && has(oldSelf.processServers.storageClassName)"
            + " && self.processServers.storageClassName == oldSelf.processServers.storageClassName"
            + " : !has(oldSelf.processServers) || !has(oldSelf.processServers.storageClassName)",
    message =
        "processServers.storageClassName is immutable: cache volumes stay as they were made; make"
            + " another policy")
public record ReplicationPolicySpec(
    @Required @JsonPropertyDescription("Where recovery points live.") VaultSpec vault,
    @Default("3600")
        @Min(5)
        @Max(86400)
        @JsonPropertyDescription(
            "Age of the last recovery point, in seconds, from which on RpoMet is False. It only"
                + " warns.")
        Integer rpoThresholdSeconds,
    @Default("300")
        @Min(5)
        @Max(3600)
        @JsonPropertyDescription(
            "Seconds between two crash-consistent recovery points of a machine that writes.")
        Integer crashConsistentIntervalSeconds,
    @JsonPropertyDescription("The pods that machines stream to.") ProcessServersSpec processServers,
    @Required @JsonPropertyDescription("Where machines come up.") TargetSpec target) {

  public ReplicationPolicySpec {
    rpoThresholdSeconds = rpoThresholdSeconds == null ? 3600 : rpoThresholdSeconds;
    crashConsistentIntervalSeconds =
        crashConsistentIntervalSeconds == null ? 300 : crashConsistentIntervalSeconds;
    processServers = processServers == null ? ProcessServersSpec.standard() : processServers;
  }
}
