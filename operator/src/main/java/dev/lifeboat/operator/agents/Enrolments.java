package dev.lifeboat.operator.agents;

import dev.lifeboat.crds.ProtectedVM;
import dev.lifeboat.wire.identity.CertificateAuthority;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
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

  /** The machine's record; it is made, and a token that has expired replaced, where that is due. */
  public AgentRecord ensure(ProtectedVM machine, UUID uid) {
    String name = machine.getMetadata().getName();
    Optional<AgentRecord> found = records.of(name);
    Instant now = clock.instant();
    if (found.isPresent()) {
      AgentRecord agent = found.get();
      boolean expired =
          !agent.tokenHash().isEmpty() && now.isAfter(Instant.parse(agent.tokenEnds()));
      if (!expired || agent.enrolled()) {
        return agent;
      }
      String token = Tokens.fresh();
      AgentRecord renewed = agent.withToken(Tokens.hash(token), now.plus(TOKEN_HOLDS));
      records.renewToken(name, renewed, command(token));
      return renewed;
    }
    String token = Tokens.fresh();
    AgentRecord agent = AgentRecord.awaiting(uid, Tokens.hash(token), now.plus(TOKEN_HOLDS));
    records.create(machine, agent, command(token));
    return records.of(name).orElse(agent);
  }

  /** The one line that is pasted as root into the machine that the token is for. */
  public static String command(String endpoint, String token, CertificateAuthority authority) {
    return InstallScript.command(endpoint, token, Tokens.hash(authority.certificatePem()));
  }

  private String command(String token) {
    return command(endpoint, token, authority);
  }
}
