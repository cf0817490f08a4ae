package dev.lifeboat.agent.management;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.UUID;

/**
 * What the operator made of a machine.
 *
 * @param certificate PEM
 * @param disks that are protected, each with its id
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Enrolled(
    @JsonProperty("machine") UUID machine,
    @JsonProperty("certificate") String certificate,
    @JsonProperty("disks") List<Assignment.Disk> disks) {

  public Enrolled {
    if (machine == null || certificate == null || disks == null || disks.isEmpty()) {
      throw new IllegalArgumentException("an enrolment has machine, certificate and disks");
    }
    disks = List.copyOf(disks);
  }
}
