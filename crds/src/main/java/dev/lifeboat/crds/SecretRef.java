package dev.lifeboat.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;

/** A Secret in the same namespace. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record SecretRef(
    @Required @Pattern(Api.NAME) @JsonPropertyDescription("Name of a Secret in the same namespace.")
        String name) {}
