package dev.lifeboat.operator.agents;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * What is remembered of one machine's agent, in a Secret beside its ProtectedVM. Holds a token's
 * hash, never a token.
 *
 * @param tokenHash SHA-256 of the token, in hexadecimal; empty once it was used
 * @param tokenEnds RFC 3339
 * @param usedHash hash of the token that was used, so that an answer that was lost can be repeated
 * @param keyHash of the key that it was used for
 * @param hardware what the machine is told by; empty before it enrolled
 * @param asked the newest {@link dev.lifeboat.crds.Api#ENROL_AGAIN} that was followed
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record AgentRecord(
    UUID machine,
    String tokenHash,
    String tokenEnds,
    String usedHash,
    String keyHash,
    String hardware,
    Facts facts,
    List<Disk> disks,
    List<Certificate> certificates,
    String asked) {

  /** What the agent says of its machine. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Facts(String hostName, String version, int cores, long memoryMiB) {
    static final Facts NONE = new Facts("", "", 0, 0);
  }

  /** A disk, by the id that it has for ever. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Disk(int id, String device) {}

  /** A certificate that was issued. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Certificate(String serial, String ends) {}

  public AgentRecord {
    tokenHash = tokenHash == null ? "" : tokenHash;
    tokenEnds = tokenEnds == null ? "" : tokenEnds;
    usedHash = usedHash == null ? "" : usedHash;
    keyHash = keyHash == null ? "" : keyHash;
    hardware = hardware == null ? "" : hardware;
    facts = facts == null ? Facts.NONE : facts;
    disks = disks == null ? List.of() : List.copyOf(disks);
    certificates = certificates == null ? List.of() : List.copyOf(certificates);
    asked = asked == null ? "" : asked;
  }

  /** Of a machine that waits for its agent. */
  public static AgentRecord awaiting(
      UUID machine, String tokenHash, Instant tokenEnds, String asked) {
    return new AgentRecord(
        machine, tokenHash, tokenEnds.toString(), null, null, null, null, null, null, asked);
  }

  /** Of all certificates that still hold. */
  public Set<String> serials() {
    return certificates.stream().map(Certificate::serial).collect(Collectors.toSet());
  }

  public boolean enrolled() {
    return !hardware.isEmpty();
  }

  /** Whether certificates may be issued still. */
  public boolean open() {
    return enrolled() || !tokenHash.isEmpty();
  }

  /** Whether the certificate of this serial is one of the machine's. */
  boolean counts(String serial) {
    return open() && certificates.stream().anyMatch(c -> c.serial().equals(serial));
  }

  /**
   * Of a machine that is deleted: nothing is issued for it any more. Its certificates are still
   * told, for they are to be denied.
   */
  public AgentRecord closed() {
    return new AgentRecord(
        machine, null, null, null, null, null, facts, disks, certificates, asked);
  }

  /** With a new token; what it was enrolled as stays until the token is used. */
  public AgentRecord withToken(String hash, Instant ends) {
    return new AgentRecord(
        machine,
        hash,
        ends.toString(),
        usedHash,
        keyHash,
        hardware,
        facts,
        disks,
        certificates,
        asked);
  }

  /** Waiting for another agent of the same machine: of the one that it had, only disks stay. */
  AgentRecord again(String hash, Instant ends, String newlyAsked) {
    return new AgentRecord(
        machine, hash, ends.toString(), null, null, null, facts, disks, null, newlyAsked);
  }

  AgentRecord enrolled(Enrolment.Request request, List<Disk> numbered) {
    return new AgentRecord(
        machine,
        "",
        "",
        tokenHash.isEmpty() ? usedHash : tokenHash,
        Tokens.hash(request.csr()),
        request.hardware(),
        request.facts(),
        numbered,
        certificates,
        asked);
  }

  /** With another certificate; those that have ended are forgotten. */
  AgentRecord issued(Certificate certificate, Instant now) {
    List<Certificate> alive = new ArrayList<>();
    for (Certificate c : certificates) {
      if (Instant.parse(c.ends()).isAfter(now)) {
        alive.add(c);
      }
    }
    alive.add(certificate);
    return new AgentRecord(
        machine, tokenHash, tokenEnds, usedHash, keyHash, hardware, facts, disks, alive, asked);
  }
}
