package dev.lifeboat.wire.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateAuthorityTest {
  private static final UUID MACHINE = UUID.fromString("5b2d7f3e-0000-4000-8000-0123456789ab");
  private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
  private final Clock clock = Clock.fixed(now, ZoneOffset.UTC);

  @TempDir Path folder;

  @Test
  void issuesMachines_thatNameTheirUid() throws Exception {
    CertificateAuthority.create(folder, "Test", clock);
    CertificateAuthority authority = CertificateAuthority.open(folder, clock);
    Identity machine = authority.issueMachine(MACHINE, CertificateAuthority.VALIDITY);
    X509Certificate certificate = machine.certificate();
    certificate.verify(authority.certificate().getPublicKey());
    assertThat(TlsContexts.machine(certificate)).isEqualTo(MACHINE);
    assertThat(certificate.getNotAfter().toInstant()).isEqualTo(now.plus(Duration.ofDays(30)));
    assertThat(certificate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
    assertThat(certificate.getBasicConstraints()).isEqualTo(-1);
    assertThat(certificate.getSerialNumber().bitLength()).isEqualTo(159);
    assertThat(authority.issueMachine(MACHINE, Duration.ofDays(1)).certificate().getSerialNumber())
        .isNotEqualTo(certificate.getSerialNumber());
    assertThat(authority.certificate().getBasicConstraints()).isZero();
    assertThat(authority.certificate().getNotAfter().toInstant())
        .isAfter(now.plus(Duration.ofDays(3650)));
  }

  @Test
  void issuesServers_thatNameTheirHosts() throws Exception {
    CertificateAuthority authority = CertificateAuthority.create(folder, "Test", clock);
    X509Certificate certificate =
        authority
            .issueServer(List.of("ps.example", "127.0.0.1", "::1"), Duration.ofDays(30))
            .certificate();
    assertThat(certificate.getSubjectAlternativeNames().stream().map(name -> (Object) name.get(1)))
        .containsExactly("ps.example", "127.0.0.1", "0:0:0:0:0:0:0:1");
    assertThatThrownBy(() -> TlsContexts.machine(certificate))
        .isInstanceOf(IdentityException.class)
        .hasMessageContaining("no single machine");
    assertThatThrownBy(() -> authority.issueServer(List.of(), Duration.ofDays(1)))
        .hasMessageContaining("give a DNS name");
  }

  @Test
  void writesFiles_thatNobodyElseReads_andOverwritesNone() throws Exception {
    CertificateAuthority authority = CertificateAuthority.create(folder, "Test", clock);
    Path target = folder.resolve("machine");
    Identity machine = authority.issueMachine(MACHINE, Duration.ofDays(30));
    machine.writeTo(target);
    for (Path key : List.of(folder.resolve("ca.key"), target.resolve("tls.key"))) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
          .isEqualTo("rw-------");
    }
    Identity back = Identity.load(target);
    assertThat(back.certificate()).isEqualTo(machine.certificate());
    assertThat(back.authorities()).containsExactly(authority.certificate());
    assertThatThrownBy(() -> machine.writeTo(target)).hasMessageContaining("is not overwritten");
    assertThatThrownBy(() -> CertificateAuthority.create(folder, "Test", clock))
        .hasMessageContaining("is not overwritten");
    Files.delete(target.resolve("tls.key"));
    assertThatThrownBy(() -> machine.writeTo(target)).hasMessageContaining("is not overwritten");
    assertThat(target.resolve("tls.key")).doesNotExist();
    assertThat(machine.toString()).contains(MACHINE.toString()).doesNotContain("PRIVATE");
  }

  @Test
  void sayWhatToDo_whenFilesAreMissingOrWrong() throws Exception {
    CertificateAuthority authority = CertificateAuthority.create(folder, "Test", clock);
    Path target = folder.resolve("machine");
    authority.issueMachine(MACHINE, Duration.ofDays(30)).writeTo(target);
    Path other = folder.resolve("other");
    authority.issueMachine(MACHINE, Duration.ofDays(30)).writeTo(other);
    Files.copy(
        other.resolve("tls.crt"), target.resolve("tls.crt"), StandardCopyOption.REPLACE_EXISTING);
    loadFails(target, "tls.key does not belong to tls.crt");
    Files.writeString(target.resolve("tls.crt"), "nonsense");
    loadFails(target, "tls.crt");
    Files.writeString(target.resolve("tls.key"), "nonsense");
    loadFails(target, "holds no unencrypted private key");
    Files.writeString(
        target.resolve("tls.key"),
        "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n");
    loadFails(target, "tls.key is no PEM private key");
    Files.writeString(
        target.resolve("tls.key"),
        "-----BEGIN PRIVATE KEY-----\nc2VjcmV0A\n-----END PRIVATE KEY-----\n");
    loadFails(target, "tls.key is no PEM private key");
    Files.delete(target.resolve("tls.key"));
    loadFails(target, "does not exist; issue an identity");
  }

  private static void loadFails(Path target, String why) {
    assertThatThrownBy(() -> Identity.load(target))
        .isInstanceOf(IdentityException.class)
        .hasMessageContaining(why)
        .hasMessageNotContaining("c2VjcmV0");
  }

  @Test
  void sayWhatToDo_whenTimeIsUp() throws Exception {
    CertificateAuthority authority = CertificateAuthority.create(folder, "Test", clock);
    Identity machine = authority.issueMachine(MACHINE, Duration.ofDays(30));
    machine.requireValid(now);
    assertThatThrownBy(() -> machine.requireValid(now.plus(Duration.ofDays(31))))
        .hasMessageContaining("issue a new one");
    assertThatThrownBy(() -> machine.requireValid(now.minus(Duration.ofDays(1))))
        .hasMessageContaining("set the clock");
  }
}
