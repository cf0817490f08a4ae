package dev.lifeboat.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** How a policy stands. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@SchemaCustomizer(value = MapsByKey.class, input = "conditions=type")
public record ReplicationPolicyStatus(
    @JsonPropertyDescription("Generation of the spec that this status speaks of.")
        Long observedGeneration,
    @JsonPropertyDescription("Machines under this policy.") Integer machines,
    @JsonPropertyDescription("Process servers that are ready, of those that are wanted.")
        String servers,
    @Size(max = 16)
        @JsonPropertyDescription("Addresses that agents are told, in the order of the servers.")
        List<String> addresses,
    @Size(max = 16) @JsonPropertyDescription("Conditions, one of a type.")
        List<Condition> conditions) {

  public ReplicationPolicyStatus {
    addresses = addresses == null ? List.of() : List.copyOf(addresses);
    conditions = conditions == null ? List.of() : List.copyOf(conditions);
  }

  /** The status of an object that nobody has looked at. */
  public static ReplicationPolicyStatus none() {
    return new ReplicationPolicyStatus(null, null, null, null, null);
  }
}
