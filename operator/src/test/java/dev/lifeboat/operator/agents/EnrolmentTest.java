package dev.lifeboat.operator.agents;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EnrolmentTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final String TOKEN = "token";

  private static AgentRecords.Named awaiting(String name, String token) {
    return new AgentRecords.Named(
        name,
        AgentRecord.awaiting(UUID.randomUUID(), Tokens.hash(token), NOW.plusSeconds(3600), ""));
  }

  private static Enrolment.Request request(String token, String csr, String hardware) {
    return new Enrolment.Request(token, csr, hardware, AgentRecord.Facts.NONE, List.of());
  }

  private static String refusal(Enrolment.Verdict verdict) {
    return verdict instanceof Enrolment.Verdict.Refused(int status, String why)
        ? status + " " + why
        : "admitted";
  }

  @Test
  void tokenThatWaits_isAdmitted() {
    assertThat(Enrolment.judge(request(TOKEN, "k", "h"), List.of(awaiting("a", TOKEN)), NOW))
        .isEqualTo(new Enrolment.Verdict.Admitted("a"));
  }

  @Test
  void unknownToken_isRefused_evenWhereNoneWaits() {
    AgentRecords.Named enrolled =
        new AgentRecords.Named(
            "a", awaiting("a", TOKEN).agent().enrolled(request(TOKEN, "k", "h"), List.of()));
    assertThat(refusal(Enrolment.judge(request("", "k", "i"), List.of(enrolled), NOW)))
        .startsWith("403 the token is not known");
  }

  @Test
  void expiredToken_isRefused() {
    assertThat(
            refusal(
                Enrolment.judge(
                    request(TOKEN, "k", "h"),
                    List.of(awaiting("a", TOKEN)),
                    NOW.plusSeconds(3601))))
        .startsWith("403 the token has expired");
  }

  @Test
  void usedToken_isRefused_butTheSameRequestIsAnsweredAgain() {
    Enrolment.Request first = request(TOKEN, "k", "h");
    AgentRecords.Named used =
        new AgentRecords.Named("a", awaiting("a", TOKEN).agent().enrolled(first, List.of()));
    assertThat(Enrolment.judge(first, List.of(used), NOW))
        .isEqualTo(new Enrolment.Verdict.Admitted("a"));
    assertThat(refusal(Enrolment.judge(request(TOKEN, "other", "h"), List.of(used), NOW)))
        .startsWith("403 the token was used already");
    assertThat(refusal(Enrolment.judge(request(TOKEN, "k", "i"), List.of(used), NOW)))
        .startsWith("403 the token was used already");
  }

  @Test
  void machineThatIsEnrolledAsAnother_isRefused() {
    AgentRecords.Named other =
        new AgentRecords.Named(
            "b", awaiting("b", "else").agent().enrolled(request("else", "k", "h"), List.of()));
    assertThat(
            refusal(
                Enrolment.judge(
                    request(TOKEN, "k2", "h"), List.of(other, awaiting("a", TOKEN)), NOW)))
        .isEqualTo("409 this machine is enrolled already, as ProtectedVM b: wrong machine");
  }

  @Test
  void machineWithoutIdentity_isRefused() {
    assertThat(
            refusal(Enrolment.judge(request(TOKEN, "k", ""), List.of(awaiting("a", TOKEN)), NOW)))
        .startsWith("400");
  }

  @Test
  void disksKeepTheirIds_newOnesGetFreeOnes() {
    List<AgentRecord.Disk> before =
        List.of(new AgentRecord.Disk(1, "/dev/sda"), new AgentRecord.Disk(2, "/dev/sdb"));
    assertThat(Enrolment.number(List.of(), List.of("/dev/sdc", "/dev/sdb"), before))
        .containsExactly(new AgentRecord.Disk(3, "/dev/sdc"), new AgentRecord.Disk(2, "/dev/sdb"));
    List<AgentRecord.Disk> wanted = List.of(new AgentRecord.Disk(7, "/dev/vda"));
    assertThat(Enrolment.number(wanted, List.of("/dev/sda"), before)).isEqualTo(wanted);
  }
}
