package dev.lifeboat.testbed;

import dev.lifeboat.operator.agents.AgentManagement;
import dev.lifeboat.operator.agents.AgentRecord;
import dev.lifeboat.operator.agents.AgentRecords;
import dev.lifeboat.operator.agents.AgentReports;
import dev.lifeboat.operator.agents.Assignment;
import dev.lifeboat.operator.agents.Assignments;
import dev.lifeboat.operator.agents.Enrolments;
import dev.lifeboat.operator.agents.ManagementCertificate;
import dev.lifeboat.operator.agents.ManagementEndpoint;
import dev.lifeboat.operator.agents.Tokens;
import dev.lifeboat.testbed.network.FreePort;
import dev.lifeboat.wire.identity.CertificateAuthority;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.UnaryOperator;

/**
 * The operator's agent management as the operator runs it, over records in memory instead of
 * Secrets. Its certificates begin and end by a clock that a test sets. Thread-safe.
 */
final class OperatorDesk implements AutoCloseable {

  /** Machines reach it by a name that its certificate carries. */
  private static final String HOST = "localhost";

  private final Map<String, AgentRecord> records = new ConcurrentSkipListMap<>();
  private final CertificateAuthority authority;
  private final Optional<Path> agentPackage;
  private final int port;
  private final AgentReports reports = new AgentReports(Clock.systemUTC());
  private volatile Duration ahead = Duration.ZERO;
  private volatile List<Assignment.Server> servers = List.of();
  private ManagementEndpoint endpoint;

  /** Of the authority in a folder; listens at once. */
  OperatorDesk(Path authority, Optional<Path> agentPackage) throws Exception {
    this.authority = CertificateAuthority.open(authority, new DeskClock());
    this.agentPackage = agentPackage;
    port = FreePort.next();
    open();
  }

  /** Listens again, where it did. */
  void open() throws Exception {
    endpoint =
        new ManagementEndpoint(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
            new ManagementCertificate(
                CertificateAuthority.of(
                    authority.certificatePem(), authority.keyPem(), Clock.systemUTC()),
                List.of(HOST),
                Clock.systemUTC()),
            new AgentManagement(
                authority,
                new MemoryRecords(),
                reports,
                new MemoryAssignments(),
                Clock.systemUTC(),
                CertificateAuthority.VALIDITY),
            agentPackage);
  }

  String address() {
    return HOST + ":" + port;
  }

  String authorityHash() {
    return Tokens.hash(authority.certificatePem());
  }

  /** What stands in the Secret of a ProtectedVM, to be pasted. */
  String command(String token) {
    return Enrolments.command(address(), token, authority);
  }

  /** Certificates are issued as if it were so much later. */
  void ahead(Duration time) {
    ahead = time;
  }

  /** A ProtectedVM waits for its agent: the token of its command. */
  String expect(String name, UUID machine, Duration holds) {
    String token = Tokens.fresh();
    records.put(
        name, AgentRecord.awaiting(machine, Tokens.hash(token), Instant.now().plus(holds), ""));
    return token;
  }

  AgentRecord record(String name) {
    return records.get(name);
  }

  AgentReports reports() {
    return reports;
  }

  /** As when the ProtectedVM is deleted. */
  void delete(String name) {
    records.remove(name);
  }

  /** The servers of every machine, first the one that it is to go to. */
  void assign(String certifiedName, ProcessServer... inOrder) {
    servers =
        List.of(inOrder).stream()
            .map(server -> new Assignment.Server("127.0.0.1", server.port(), certifiedName))
            .toList();
  }

  @Override
  public void close() {
    endpoint.close();
  }

  private final class MemoryRecords implements AgentRecords {
    @Override
    public List<Named> all() {
      return records.entrySet().stream()
          .map(entry -> new Named(entry.getKey(), entry.getValue()))
          .toList();
    }

    @Override
    public Optional<AgentRecord> change(String name, UnaryOperator<AgentRecord> change) {
      return Optional.ofNullable(records.computeIfPresent(name, (_, was) -> change.apply(was)));
    }
  }

  private final class MemoryAssignments implements Assignments {
    @Override
    public Optional<Assignment> of(AgentRecords.Named agent) {
      return servers.isEmpty()
          ? Optional.empty()
          : Optional.of(new Assignment(servers, 1, agent.agent().disks()));
    }

    @Override
    public List<AgentRecord.Disk> wantedDisks(String name) {
      return List.of();
    }

    @Override
    public void changed(String name) {
      // No reconciler waits for it here.
    }
  }

  private final class DeskClock extends Clock {
    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return Instant.now().plus(ahead);
    }
  }
}
