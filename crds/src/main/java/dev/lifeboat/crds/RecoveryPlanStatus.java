package dev.lifeboat.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** How a plan stands. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@SchemaCustomizer(value = MapsByKey.class, input = "conditions=type")
public record RecoveryPlanStatus(
    @JsonPropertyDescription("Generation of the spec that this status speaks of.")
        Long observedGeneration,
    @JsonPropertyDescription("Machines in the plan.") Integer members,
    @Size(max = 16) @JsonPropertyDescription("Conditions, one of a type.")
        List<Condition> conditions) {

  public RecoveryPlanStatus {
    conditions = conditions == null ? List.of() : List.copyOf(conditions);
  }

  /** The status of an object that nobody has looked at. */
  public static RecoveryPlanStatus none() {
    return new RecoveryPlanStatus(null, null, null);
  }
}
