package dev.lifeboat.wire.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PendingIdentityTest {
  private static final UUID MACHINE = UUID.randomUUID();

  @TempDir Path folder;

  private Path target;
  private CertificateAuthority authority;

  @BeforeEach
  void make() throws Exception {
    target = folder.resolve("etc/identity");
    authority = CertificateAuthority.create("Test", Clock.systemUTC());
  }

  private String certify(String request, UUID machine) throws IdentityException {
    X509Certificate certificate = authority.certifyMachine(request, machine, Duration.ofDays(1));
    return PemFiles.certificates(List.of(certificate));
  }

  private static String mode(Path file) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void becomesAnIdentity_whoseKeyNobodyElseReads() throws Exception {
    PendingIdentity pending = PendingIdentity.open(target, "guest");
    Path beside = folder.resolve("etc/identity.enrolling");
    assertThat(mode(beside)).isEqualTo("rwx------");
    assertThat(mode(beside.resolve("tls.key"))).isEqualTo("rw-------");
    assertThat(pending.request()).doesNotContain("PRIVATE");
    Identity identity =
        pending.with(certify(pending.request(), MACHINE), authority.certificatePem());
    assertThat(target).doesNotExist();
    pending.install(identity);
    Identity loaded = Identity.load(target);
    assertThat(TlsContexts.machine(loaded.certificate())).isEqualTo(MACHINE);
    assertThat(mode(target.resolve("tls.key"))).isEqualTo("rw-------");
    assertThat(beside).doesNotExist();
    assertThat(target.resolve("request.csr")).doesNotExist();
  }

  @Test
  void asksTheSameAgain_whenTheAnswerWasLost() throws Exception {
    String first = PendingIdentity.open(target, "guest").request();
    PendingIdentity second = PendingIdentity.open(target, "guest");
    assertThat(second.request()).isEqualTo(first);
    second.install(second.with(certify(first, MACHINE), authority.certificatePem()));
    assertThat(Identity.load(target).certificate()).isNotNull();
    assertThat(PendingIdentity.open(target, "guest").request())
        .as("the next identity has a key of its own")
        .isNotEqualTo(first);
  }

  @Test
  void takesThePlaceOfAnother_andLeavesNothingOfIt() throws Exception {
    authority.issueMachine(UUID.randomUUID(), Duration.ofDays(1)).writeTo(target);
    PendingIdentity pending = PendingIdentity.open(target, "guest");
    pending.install(pending.with(certify(pending.request(), MACHINE), authority.certificatePem()));
    assertThat(TlsContexts.machine(Identity.load(target).certificate())).isEqualTo(MACHINE);
    try (var left = Files.list(target.getParent())) {
      assertThat(left).containsExactly(target);
    }
  }

  @Test
  void refusesWhatIsNotForItsKeyOrNotOfTheAuthority() throws Exception {
    PendingIdentity pending = PendingIdentity.open(target, "guest");
    String other =
        certify(CertificateRequests.request(CertificateRequests.newKey(), "other"), MACHINE);
    assertThatThrownBy(() -> pending.with(other, authority.certificatePem()))
        .hasMessageContaining("another key");
    String stranger = CertificateAuthority.create("Test", Clock.systemUTC()).certificatePem();
    String certificate = certify(pending.request(), MACHINE);
    assertThatThrownBy(() -> pending.with(certificate, stranger))
        .hasMessageContaining("not of the authority");
    pending.discard();
    assertThat(folder.resolve("etc")).isEmptyDirectory();
  }

  @Test
  void isRenewed_inPlace_byItsOwnAuthorityOnly() throws Exception {
    Identity first = authority.issueMachine(MACHINE, Duration.ofDays(1));
    first.writeTo(target);
    Identity second = first.renewed(certify(first.renewalRequest(), MACHINE), target);
    assertThat(second.certificate().getSerialNumber())
        .isNotEqualTo(first.certificate().getSerialNumber());
    assertThat(Identity.load(target).certificate()).isEqualTo(second.certificate());
    String otherMachine = certify(first.renewalRequest(), UUID.randomUUID());
    assertThatThrownBy(() -> first.renewed(otherMachine, target))
        .hasMessageContaining("another machine");
    CertificateAuthority stranger = CertificateAuthority.create("Test", Clock.systemUTC());
    String foreign =
        PemFiles.certificates(
            List.of(stranger.certifyMachine(first.renewalRequest(), MACHINE, Duration.ofDays(1))));
    assertThatThrownBy(() -> first.renewed(foreign, target))
        .hasMessageContaining("not of the authority");
    assertThat(Identity.load(target).certificate()).isEqualTo(second.certificate());
  }
}
