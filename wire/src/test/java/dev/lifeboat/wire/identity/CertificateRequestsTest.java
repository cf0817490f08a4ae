package dev.lifeboat.wire.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateRequestsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"guest", "a, CN=b + \"c\"; <d> #e\\", "ü", " "})
  void areReadByOpenssl_andProveTheirKey(String name) throws Exception {
    KeyPair pair = CertificateRequests.newKey();
    String request = CertificateRequests.request(pair, name);
    assertThat(ProvenKey.of(request)).isEqualTo(pair.getPublic());
    assertThat(openssl(request)).contains("verify OK").contains("ecdsa-with-SHA256");
  }

  @Test
  void carryALongName() throws Exception {
    String request = CertificateRequests.request(CertificateRequests.newKey(), "n".repeat(200));
    assertThat(openssl(request)).contains("verify OK").contains("n".repeat(200));
  }

  @Test
  void proveNothing_whenAltered() throws Exception {
    String request = CertificateRequests.request(CertificateRequests.newKey(), "guest");
    String[] lines = request.split("\n");
    for (int line = 1; line < lines.length - 1; line++) {
      String[] altered = lines.clone();
      altered[line] = (altered[line].charAt(0) == 'A' ? 'B' : 'A') + altered[line].substring(1);
      assertThatThrownBy(() -> ProvenKey.of(String.join("\n", altered)))
          .isInstanceOf(IdentityException.class);
    }
  }

  @Test
  void areRefused_whenTheirKeyIsOfAnotherKind() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp384r1"));
    String request = CertificateRequests.request(generator.generateKeyPair(), "guest");
    assertThatThrownBy(() -> ProvenKey.of(request)).hasMessageContaining("P-256");
  }

  private String openssl(String request) throws Exception {
    Path file = Files.writeString(folder.resolve("request.csr"), request);
    Process process =
        new ProcessBuilder("openssl", "req", "-verify", "-noout", "-text", "-in", file.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}
