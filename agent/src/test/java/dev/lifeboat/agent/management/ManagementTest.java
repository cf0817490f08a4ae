package dev.lifeboat.agent.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lifeboat.agent.control.AgentStatus;
import dev.lifeboat.agent.settings.Endpoint;
import dev.lifeboat.agent.settings.StateDirectory;
import dev.lifeboat.wire.identity.CertificateAuthority;
import dev.lifeboat.wire.identity.Identity;
import dev.lifeboat.wire.identity.IdentityException;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an agent does with what its operator says, look by look. */
class ManagementTest {
  private static final UUID MACHINE = UUID.randomUUID();
  private static final Assignment ONE = assignment("10.0.0.1", 5);
  private static final Assignment TWO = assignment("10.0.0.2", 60);

  @TempDir Path folder;

  private final List<Assignment> assigned = new ArrayList<>();
  private final List<Identity> renewed = new ArrayList<>();
  private final FakeOperator operator = new FakeOperator();
  private Instant now = Instant.now();
  private CertificateAuthority authority;
  private StateDirectory state;
  private Management management;

  private static Assignment assignment(String host, int markEvery) {
    return new Assignment(
        List.of(new Assignment.Server(host, 30000, "gold")),
        markEvery,
        List.of(new Assignment.Disk(1, "/dev/sda")));
  }

  /** An operator that says what a test sets. */
  private final class FakeOperator implements Operator {
    private final List<Report> reports = new ArrayList<>();
    private Assignment answer = ONE;
    private IOException failure;
    private IOException renewalFailure;
    private UUID certifies = MACHINE;
    private Identity shown;

    @Override
    public Assignment report(Report report) throws IOException {
      if (failure != null) {
        throw failure;
      }
      reports.add(report);
      return answer;
    }

    @Override
    public String renew(String request) throws IOException {
      if (renewalFailure != null) {
        throw renewalFailure;
      }
      try {
        return pem(authority.certifyMachine(request, certifies, Duration.ofDays(30)));
      } catch (IdentityException e) {
        throw new IOException(e);
      }
    }

    @Override
    public void identify(Identity identity) {
      shown = identity;
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }

  private static String pem(X509Certificate certificate) {
    try {
      StringWriter text = new StringWriter();
      text.write("-----BEGIN CERTIFICATE-----\n");
      text.write(Base64.getMimeEncoder().encodeToString(certificate.getEncoded()));
      text.write("\n-----END CERTIFICATE-----\n");
      return text.toString();
    } catch (CertificateEncodingException e) {
      throw new AssertionError(e);
    }
  }

  private final class FakeAgent implements Management.Led {
    @Override
    public AgentStatus status() {
      return AgentStatus.starting(MACHINE.toString(), "waits");
    }

    @Override
    public void assigned(Assignment assignment) {
      assigned.add(assignment);
    }

    @Override
    public void renewed(Identity identity) {
      renewed.add(identity);
    }
  }

  @BeforeEach
  void make() throws Exception {
    authority = CertificateAuthority.create("Test", clock());
    authority.issueMachine(MACHINE, Duration.ofDays(30)).writeTo(folder.resolve("identity"));
    state = StateDirectory.open(folder.resolve("state"));
    management = management();
  }

  private Clock clock() {
    return new Clock() {
      @Override
      public Instant instant() {
        return now;
      }

      @Override
      public ZoneOffset getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }
    };
  }

  private Management management() throws IdentityException {
    Identity identity = Identity.load(folder.resolve("identity"));
    Management fresh =
        new Management(
            new Endpoint("operator", 443),
            operator,
            new FakeAgent(),
            new Management.Place(state, folder.resolve("identity"), identity),
            Duration.ofSeconds(10),
            clock());
    fresh.resume();
    return fresh;
  }

  @Test
  void tellsHowItIsAndDoesWhatIsNew() {
    management.look();
    management.look();
    assertThat(operator.reports).hasSize(2);
    assertThat(operator.reports.getFirst().state()).isEqualTo("Starting");
    assertThat(assigned).as("the same is not news").containsExactly(ONE);
    operator.answer = TWO;
    management.look();
    assertThat(assigned).containsExactly(ONE, TWO);
    assertThat(management.standing().trouble()).isEmpty();
  }

  @Test
  void startsWithWhatWasAssignedLast_thoughNobodyAnswers() throws Exception {
    management.look();
    assigned.clear();
    operator.failure = new IOException("cannot be reached: connection refused");
    Management next = management();
    assertThat(assigned).containsExactly(ONE);
    next.look();
    next.look();
    assertThat(assigned).containsExactly(ONE);
    assertThat(next.standing().trouble()).isEqualTo("cannot be reached: connection refused");
    operator.failure = null;
    next.look();
    assertThat(next.standing().trouble()).isEmpty();
    assertThat(assigned).as("nothing has changed").containsExactly(ONE);
  }

  @Test
  void saysPlainlyThatItIsRefused() {
    operator.failure = new RefusedException(403, "machine m is not protected any more");
    management.look();
    assertThat(management.standing().trouble())
        .isEqualTo("refused: machine m is not protected any more");
    operator.failure = new RefusedException(503, "no process server has an address yet; ask again");
    management.look();
    assertThat(management.standing().trouble())
        .isEqualTo("no process server has an address yet; ask again");
  }

  @Test
  void renewsAtAThirdOfTheCertificatesLife() throws Exception {
    management.look();
    now = now.plus(Duration.ofDays(9));
    management.look();
    assertThat(renewed).isEmpty();
    now = now.plus(Duration.ofDays(1));
    management.look();
    assertThat(renewed).hasSize(1);
    assertThat(operator.shown).isSameAs(renewed.getFirst());
    X509Certificate kept = Identity.load(folder.resolve("identity")).certificate();
    assertThat(kept).isEqualTo(renewed.getFirst().certificate());
    assertThat(management.standing().certificateEnds())
        .isEqualTo(kept.getNotAfter().toInstant().toString());
    management.look();
    assertThat(renewed).as("once").hasSize(1);
  }

  @Test
  void refusedRenewalKeepsTheCertificateAndTheAssignmentComesAllTheSame() throws Exception {
    String before = Files.readString(folder.resolve("identity/tls.crt"));
    now = now.plus(Duration.ofDays(12));
    operator.renewalFailure = new RefusedException(500, "the operator has failed");
    operator.answer = TWO;
    management.look();
    assertThat(assigned).containsExactly(TWO);
    assertThat(management.standing().trouble()).isEqualTo("the operator has failed");
    operator.renewalFailure = null;
    operator.certifies = UUID.randomUUID();
    management.look();
    assertThat(management.standing().trouble()).contains("names another machine");
    assertThat(folder.resolve("identity/tls.crt")).content().isEqualTo(before);
    assertThat(renewed).isEmpty();
  }

  /** What an older or a newer operator might say. */
  @Test
  void assignmentIsCheckedBeforeItCounts() throws Exception {
    ObjectMapper json = new ObjectMapper();
    String right =
        """
        {"servers":[{"host":"10.0.0.1","port":30000,"name":"gold","zone":1}],
         "markEverySeconds":5,"disks":[{"id":1,"device":"/dev/sda"}],"colour":"blue"}
        """;
    assertThat(json.readValue(right, Assignment.class)).isEqualTo(ONE);
    assertThat(ONE.destination().servers().getFirst().name()).isEqualTo("gold");
    for (String[] change :
        new String[][] {
          {"30000", "70000"},
          {"\"gold\"", "null"},
          {"\"10.0.0.1\"", "\"\""},
          {"/dev/sda", "../sda"},
          {"\"id\":1", "\"id\":0"},
          {"\"markEverySeconds\":5", "\"markEverySeconds\":0"},
          {"[{\"id\":1,\"device\":\"/dev/sda\"}]", "[]"},
        }) {
      String wrong = right.replace(change[0], change[1]);
      assertThat(wrong).isNotEqualTo(right);
      assertThatThrownBy(() -> json.readValue(wrong, Assignment.class))
          .as(wrong)
          .isInstanceOf(JacksonException.class);
    }
  }
}
