package dev.lifeboat.operator.agents;

import dev.lifeboat.crds.Api;
import dev.lifeboat.crds.ProtectedVM;
import dev.lifeboat.wire.identity.CertificateAuthority;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Hands out one-time tokens. */
public final class Enrolments {

  private static final Duration TOKEN_HOLDS = Duration.ofHours(24);

  private final SecretRecords records;
  private final CertificateAuthority authority;
  private final String endpoint;
  private final Clock clock;

  /**
   * @param endpoint host:port that machines reach the management endpoint under
   */
  public Enrolments(
      SecretRecords records, CertificateAuthority authority, String endpoint, Clock clock) {
    this.records = records;
    this.authority = authority;
    this.endpoint = endpoint;
    this.clock = clock;
  }

  /** Shuts certificates out of process servers, by their serials. */
  @FunctionalInterface
  public interface DenyList {
    void add(Set<String> serials) throws IOException;
  }

  /**
   * The machine's record; it is made, a token that has expired replaced, and an agent that another
   * one is asked for in the place of shut out, where that is due. What a deleted ProtectedVM of the
   * same name left is replaced too.
   */
  public AgentRecord ensure(ProtectedVM machine, UUID uid, DenyList denied) throws IOException {
    String name = machine.getMetadata().getName();
    Optional<AgentRecord> found = records.of(name);
    Instant now = clock.instant();
    String asked = asked(machine);
    if (found.filter(AgentRecord::open).isPresent()) {
      AgentRecord agent = found.get();
      if (!asked.equals(agent.asked())) {
        // First: a new command must not exist beside an agent that still counts.
        denied.add(agent.serials());
        String token = Tokens.fresh();
        AgentRecord again = agent.again(Tokens.hash(token), now.plus(TOKEN_HOLDS), asked);
        // One whose certificate was renewed meanwhile is looked at again.
        return records
            .renewToken(name, was -> was.equals(agent) ? again : was, command(token))
            .orElse(agent);
      }
      boolean expired =
          !agent.tokenHash().isEmpty() && now.isAfter(Instant.parse(agent.tokenEnds()));
      if (!expired || agent.enrolled()) {
        return agent;
      }
      String token = Tokens.fresh();
      return records
          .renewToken(
              name, was -> was.withToken(Tokens.hash(token), now.plus(TOKEN_HOLDS)), command(token))
          .orElse(agent);
    }
    if (found.isPresent()) {
      records.remove(name);
    }
    String token = Tokens.fresh();
    AgentRecord agent = AgentRecord.awaiting(uid, Tokens.hash(token), now.plus(TOKEN_HOLDS), asked);
    records.create(machine, agent, command(token));
    return records.of(name).orElse(agent);
  }

  private static String asked(ProtectedVM machine) {
    Map<String, String> annotations = machine.getMetadata().getAnnotations();
    return annotations == null ? "" : annotations.getOrDefault(Api.ENROL_AGAIN, "");
  }

  /** The one line that is pasted as root into the machine that the token is for. */
  public static String command(String endpoint, String token, CertificateAuthority authority) {
    return InstallScript.command(endpoint, token, Tokens.hash(authority.certificatePem()));
  }

  private String command(String token) {
    return command(endpoint, token, authority);
  }
}
