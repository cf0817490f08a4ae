package dev.lifeboat.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** One thing that is so or not, as metav1 has it. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Condition(
    @Required
        @Size(max = 64)
        @JsonPropertyDescription("What the condition is about, such as Ready.")
        String type,
    @Required @JsonPropertyDescription("Whether it is so.") Status status,
    @Required
        @Pattern("^[A-Za-z]([A-Za-z0-9]*)$")
        @Size(max = 64)
        @JsonPropertyDescription("Why, in one word for programs.")
        String reason,
    @Required
        @Size(max = 2048)
        @JsonPropertyDescription("Why, and what to do, in a sentence for people.")
        String message,
    @JsonPropertyDescription("Generation of the spec that it speaks of.") Long observedGeneration,
    @Required @Size(max = 64) @JsonPropertyDescription("When status changed last, RFC 3339.")
        String lastTransitionTime) {

  /** What a condition says. */
  public enum Status {
    True,
    False,
    Unknown
  }
}
