package dev.lifeboat.operator.agents;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.operator.MovableClock;
import dev.lifeboat.wire.identity.CertificateAuthority;
import dev.lifeboat.wire.identity.JdkTls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A real handshake each: what an agent is shown by an operator that has run for long. */
class ManagementCertificateTest {
  private static final int DAYS = (int) CertificateAuthority.VALIDITY.toDays();

  private final MovableClock clock = new MovableClock();

  private static X509Certificate shown(ManagementEndpoint endpoint, X509Certificate authority)
      throws Exception {
    try (HttpClient client =
        HttpClient.newBuilder().sslContext(JdkTls.trusting(List.of(authority))).build()) {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(
                      URI.create("https://localhost:%d/v1/install.sh".formatted(endpoint.port())))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(200);
      return (X509Certificate) answer.sslSession().orElseThrow().getPeerCertificates()[0];
    }
  }

  @Test
  void isRenewedBeforeItEnds_whileTheEndpointListens() throws Exception {
    // What is issued in the end must be good by the clock of the machine, too.
    clock.forward(
        Duration.between(clock.instant(), Instant.now()).minus(Duration.ofDays(DAYS / 2)));
    CertificateAuthority authority = CertificateAuthority.create("test", clock);
    try (ManagementEndpoint endpoint =
        new ManagementEndpoint(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            new ManagementCertificate(authority, List.of("localhost"), clock),
            null,
            Optional.empty())) {
      X509Certificate first = shown(endpoint, authority.certificate());
      clock.forward(Duration.ofDays(DAYS / 3 - 1));
      assertThat(shown(endpoint, authority.certificate())).isEqualTo(first);
      clock.forward(Duration.ofDays(2));
      X509Certificate second = shown(endpoint, authority.certificate());
      assertThat(second.getNotAfter()).isAfter(first.getNotAfter());
      assertThat(second.getPublicKey()).isNotEqualTo(first.getPublicKey());
      assertThat(shown(endpoint, authority.certificate())).isEqualTo(second);
    }
  }
}
