package dev.lifeboat.operator.agents;

import dev.lifeboat.wire.identity.CertificateAuthority;
import dev.lifeboat.wire.identity.IdentityException;
import dev.lifeboat.wire.identity.ProvenKey;
import dev.lifeboat.wire.identity.TlsContexts;
import java.io.StringWriter;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the endpoint does, without HTTP. Thread-safe. */
public final class AgentManagement {

  private static final Logger LOG = LoggerFactory.getLogger(AgentManagement.class);
  private static final byte[] NEW_LINE = {'\n'};
  private static final int PEM_WIDTH = 64;

  /**
   * The answer to an agent that enrolled.
   *
   * @param certificate PEM
   * @param disks that are protected; what else is to be done is the answer to the first report
   */
  record Enrolled(UUID machine, String certificate, List<AgentRecord.Disk> disks) {}

  /** A new certificate, PEM. */
  record Renewed(String certificate) {}

  private final CertificateAuthority authority;
  private final AgentRecords records;
  private final AgentReports reports;
  private final Assignments assignments;
  private final Clock clock;
  private final Duration validity;

  /**
   * @param validity of the certificates that are issued
   */
  public AgentManagement(
      CertificateAuthority authority,
      AgentRecords records,
      AgentReports reports,
      Assignments assignments,
      Clock clock,
      Duration validity) {
    this.authority = authority;
    this.records = records;
    this.reports = reports;
    this.assignments = assignments;
    this.clock = clock;
    this.validity = validity;
  }

  String authorityPem() {
    return authority.certificatePem();
  }

  /**
   * Refuses a token that was never given out. One that was used still counts here: enrolment
   * decides about it, and answers its own machine again.
   */
  void requireToken(String token) {
    String hash = Tokens.hash(token);
    boolean known =
        records.all().stream()
            .map(AgentRecords.Named::agent)
            .anyMatch(agent -> hash.equals(agent.tokenHash()) || hash.equals(agent.usedHash()));
    if (!known) {
      throw new ManagementException(
          403, "the token is not known; copy the whole command, or a newer one");
    }
  }

  synchronized Enrolled enrol(Enrolment.Request request) {
    String name = admitted(request, records.all());
    prove(request.csr());
    List<AgentRecord.Disk> wanted = assignments.wantedDisks(name);
    AgentRecord enrolled =
        records
            .change(
                name,
                agent -> {
                  // Once more: it may have been closed since.
                  var _ = admitted(request, List.of(new AgentRecords.Named(name, agent)));
                  return agent.enrolled(
                      request, Enrolment.number(wanted, request.disks(), agent.disks()));
                })
            .orElseThrow(() -> new ManagementException(404, "the ProtectedVM is gone"));
    String certificate =
        certify(
            name,
            enrolled.machine(),
            request.csr(),
            agent -> agent.keyHash().equals(enrolled.keyHash()));
    LOG.info("ProtectedVM {}: the agent of machine {} has enrolled", name, enrolled.machine());
    assignments.changed(name);
    return new Enrolled(enrolled.machine(), certificate, enrolled.disks());
  }

  /** Name of the ProtectedVM that the agent may enrol as. */
  private String admitted(Enrolment.Request request, List<AgentRecords.Named> all) {
    return switch (Enrolment.judge(request, all, clock.instant())) {
      case Enrolment.Verdict.Admitted(var name) -> name;
      case Enrolment.Verdict.Refused(var status, var why) -> {
        LOG.warn("an agent on hardware {} was refused: {}", printable(request.hardware()), why);
        throw new ManagementException(status, why);
      }
    };
  }

  private static void prove(String csr) {
    try {
      var _ = ProvenKey.of(csr);
    } catch (IdentityException e) {
      throw new ManagementException(400, e.getMessage());
    }
  }

  Renewed renew(X509Certificate peer, String csr) {
    AgentRecords.Named known = known(peer);
    String shown = serial(peer);
    return new Renewed(
        certify(known.name(), known.agent().machine(), csr, agent -> agent.counts(shown)));
  }

  Assignment report(X509Certificate peer, AgentReport report) {
    AgentRecords.Named agent = known(peer);
    Optional<AgentReports.Heard> before = reports.of(agent.agent().machine());
    reports.heard(agent.agent().machine(), report);
    boolean moved =
        before.isEmpty()
            || !before.get().report().state().equals(report.state())
            || before.get().report().connected() != report.connected();
    if (moved) {
      assignments.changed(agent.name());
    }
    return assignments
        .of(agent)
        .orElseThrow(
            () -> new ManagementException(503, "no process server has an address yet; ask again"));
  }

  /** The agent that shows this certificate, if it is one that was issued and still counts. */
  private AgentRecords.Named known(X509Certificate peer) {
    UUID machine;
    try {
      machine = TlsContexts.machine(peer);
    } catch (IdentityException e) {
      throw new ManagementException(403, e.getMessage());
    }
    String serial = serial(peer);
    return records.all().stream()
        .filter(named -> named.agent().machine().equals(machine))
        .filter(named -> named.agent().counts(serial))
        .findFirst()
        .orElseThrow(() -> unprotected(machine));
  }

  private static ManagementException unprotected(UUID machine) {
    return new ManagementException(
        403, "machine " + machine + " is not protected any more, or was enrolled anew");
  }

  /**
   * Issues a certificate and writes it down.
   *
   * @param counts whether the agent that asks is the record's still, when it is written down: a
   *     record that was closed since would hide the certificate from the deny-list
   */
  private String certify(String name, UUID machine, String csr, Predicate<AgentRecord> counts) {
    X509Certificate certificate;
    try {
      certificate = authority.certifyMachine(csr, machine, validity);
    } catch (IdentityException e) {
      throw new ManagementException(400, e.getMessage());
    }
    AgentRecord.Certificate issued =
        new AgentRecord.Certificate(
            serial(certificate), certificate.getNotAfter().toInstant().toString());
    var _ =
        records
            .change(
                name,
                agent -> {
                  if (!counts.test(agent)) {
                    throw unprotected(machine);
                  }
                  return agent.issued(issued, clock.instant());
                })
            .orElseThrow(() -> new ManagementException(404, "the ProtectedVM is gone"));
    return pem(certificate);
  }

  /** As deny-lists have it. */
  static String serial(X509Certificate certificate) {
    return certificate.getSerialNumber().toString(16);
  }

  private static String pem(X509Certificate certificate) {
    try {
      StringWriter text = new StringWriter();
      text.write("-----BEGIN CERTIFICATE-----\n");
      text.write(
          Base64.getMimeEncoder(PEM_WIDTH, NEW_LINE).encodeToString(certificate.getEncoded()));
      text.write("\n-----END CERTIFICATE-----\n");
      return text.toString();
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was just made has an encoding", e);
    }
  }

  /** What a stranger wrote, safe for a log line. */
  private static String printable(String text) {
    return text.substring(0, Math.min(128, text.length())).replaceAll("[^\\x20-\\x7e]", "?");
  }
}
