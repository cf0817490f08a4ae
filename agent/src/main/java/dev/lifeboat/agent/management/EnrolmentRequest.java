package dev.lifeboat.agent.management;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * What a machine says when it enrols.
 *
 * @param token that works once
 * @param csr PEM
 * @param hardware what the machine is told by
 * @param disks devices of the disks that may be protected
 */
public record EnrolmentRequest(
    @JsonProperty("token") String token,
    @JsonProperty("csr") String csr,
    @JsonProperty("hardware") String hardware,
    @JsonProperty("facts") Facts facts,
    @JsonProperty("disks") List<String> disks) {

  /** For people, and for the size of the replica. */
  public record Facts(
      @JsonProperty("hostName") String hostName,
      @JsonProperty("version") String version,
      @JsonProperty("cores") int cores,
      @JsonProperty("memoryMiB") long memoryMiB) {}

  public EnrolmentRequest {
    disks = List.copyOf(disks);
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "EnrolmentRequest[" + hardware + ", " + facts + ", " + disks + "]";
  }
}
