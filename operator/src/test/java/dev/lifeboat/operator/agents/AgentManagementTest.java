package dev.lifeboat.operator.agents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lifeboat.wire.identity.CertificateAuthority;
import dev.lifeboat.wire.identity.CertificateRequests;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AgentManagementTest {

  private static final UUID MACHINE = new UUID(1, 2);
  private static final String TOKEN = "token";
  private static final AgentReport REPORT =
      new AgentReport("Consistent", "", 0, true, "s", "", 1, 0);

  private final Clock clock = Clock.systemUTC();
  private final MemoryRecords records = new MemoryRecords();
  private AgentManagement management;
  private Enrolment.Request request;

  /** Records of which one may be changed by another, just before a change. */
  private static final class MemoryRecords implements AgentRecords {
    private final Map<String, AgentRecord> all = new LinkedHashMap<>();
    private UnaryOperator<AgentRecord> rival = UnaryOperator.identity();
    private int changesBefore;

    private void rival(int before, UnaryOperator<AgentRecord> change) {
      changesBefore = before;
      rival = change;
    }

    @Override
    public List<Named> all() {
      return all.entrySet().stream().map(e -> new Named(e.getKey(), e.getValue())).toList();
    }

    @Override
    public Optional<AgentRecord> change(String name, UnaryOperator<AgentRecord> change) {
      if (changesBefore-- == 0) {
        all.computeIfPresent(name, (_, was) -> rival.apply(was));
      }
      return Optional.ofNullable(all.computeIfPresent(name, (_, was) -> change.apply(was)));
    }
  }

  private static final class NoServers implements Assignments {
    @Override
    public Optional<Assignment> of(AgentRecords.Named agent) {
      return Optional.of(new Assignment(List.of(), 5, agent.agent().disks()));
    }

    @Override
    public List<AgentRecord.Disk> wantedDisks(String name) {
      return List.of();
    }

    @Override
    public void changed(String name) {
      // Nobody listens.
    }
  }

  @BeforeEach
  void machineWaitsForItsAgent() throws Exception {
    management =
        new AgentManagement(
            CertificateAuthority.create("test", clock),
            records,
            new AgentReports(clock),
            new NoServers(),
            clock,
            CertificateAuthority.VALIDITY);
    request =
        new Enrolment.Request(
            TOKEN,
            CertificateRequests.request(CertificateRequests.newKey(), "test"),
            "hardware",
            AgentRecord.Facts.NONE,
            List.of("/dev/sda"));
    waiting("m");
  }

  private void waiting(String name) {
    records.all.put(
        name,
        AgentRecord.awaiting(MACHINE, Tokens.hash(TOKEN), Instant.now().plusSeconds(3600), ""));
  }

  private X509Certificate enrol() throws Exception {
    return certificate(management.enrol(request).certificate());
  }

  private static X509Certificate certificate(String pem) throws Exception {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
  }

  private static String refusal(Runnable call) {
    ManagementException refused = catchThrowableOfType(ManagementException.class, call::run);
    return refused == null ? "none" : refused.status() + " " + refused.getMessage();
  }

  @Test
  void closedRecord_letsNobodyIn() throws Exception {
    X509Certificate first = enrol();
    assertThat(management.report(first, REPORT).markEverySeconds()).isEqualTo(5);
    X509Certificate second = certificate(management.renew(first, request.csr()).certificate());

    records.change("m", AgentRecord::closed);

    for (X509Certificate shown : List.of(first, second)) {
      assertThat(refusal(() -> management.renew(shown, request.csr())))
          .startsWith("403 machine " + MACHINE + " is not protected any more");
      assertThat(refusal(() -> management.report(shown, REPORT))).startsWith("403 machine");
    }
    assertThat(refusal(() -> management.enrol(request))).startsWith("403 the token is not known");
    assertThat(refusal(() -> management.requireToken(TOKEN))).startsWith("403");
    assertThat(records.all.get("m").serials())
        .as("these are still to be denied")
        .containsExactlyInAnyOrder(AgentManagement.serial(first), AgentManagement.serial(second));
  }

  @Test
  void closedRecord_takesItsUnusedTokenAlong() {
    records.change("m", AgentRecord::closed);
    assertThat(refusal(() -> management.enrol(request))).startsWith("403 the token is not known");
    assertThat(refusal(() -> management.requireToken(TOKEN))).startsWith("403");
  }

  @Test
  void closedWhileItEnrols_getsNoCertificate() {
    for (int changes = 0; changes < 2; changes++) {
      waiting("m");
      records.rival(changes, AgentRecord::closed);
      assertThat(refusal(() -> management.enrol(request))).startsWith("403");
      assertThat(records.all.get("m").open()).isFalse();
      assertThat(records.all.get("m").certificates()).isEmpty();
    }
  }

  @Test
  void closedWhileItRenews_getsNoCertificate() throws Exception {
    X509Certificate shown = enrol();
    records.rival(0, AgentRecord::closed);
    assertThat(refusal(() -> management.renew(shown, request.csr()))).startsWith("403");
    assertThat(records.all.get("m").serials()).containsExactly(AgentManagement.serial(shown));
  }

  @Test
  void replacedWhileItRenews_getsNoCertificate() throws Exception {
    X509Certificate shown = enrol();
    records.rival(0, agent -> agent.again("hash", Instant.now().plusSeconds(3600), "again"));
    assertThat(refusal(() -> management.renew(shown, request.csr()))).startsWith("403");
    assertThat(records.all.get("m").certificates()).isEmpty();
  }

  @Test
  void closedRecordOfTheSameMachine_doesNotHideTheOneThatCounts() throws Exception {
    X509Certificate old = enrol();
    records.change("m", AgentRecord::closed);
    waiting("n");
    X509Certificate shown = enrol();
    assertThat(management.report(shown, REPORT).markEverySeconds()).isEqualTo(5);
    assertThat(refusal(() -> management.report(old, REPORT))).startsWith("403");
  }
}
