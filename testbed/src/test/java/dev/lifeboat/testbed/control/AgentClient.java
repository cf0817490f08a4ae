package dev.lifeboat.testbed.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lifeboat.wire.identity.CertificateRequests;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The agent's side of management, spoken with the JDK's own client. */
final class AgentClient {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final URI endpoint;
  private final String ca;
  private final String hardware;
  private final KeyPair key = CertificateRequests.newKey();
  private String certificate = "";

  AgentClient(int port, String ca, String hardware) {
    endpoint = URI.create("https://localhost:" + port);
    this.ca = ca;
    this.hardware = hardware;
  }

  /** Another agent, without a certificate, on the same hardware. */
  AgentClient ofTheSameMachine() {
    return new AgentClient(endpoint.getPort(), ca, hardware);
  }

  /** An answer, whatever it is. */
  record Answer(int status, String body) {
    JsonNode json() throws IOException {
      return JSON.readTree(body);
    }
  }

  Answer enrol(String token) throws Exception {
    ObjectNode request =
        JSON.createObjectNode()
            .put("token", token)
            .put("csr", CertificateRequests.request(key, "test"))
            .put("hardware", hardware);
    request
        .putObject("facts")
        .put("hostName", "guest")
        .put("version", "0.1.0")
        .put("cores", 1)
        .put("memoryMiB", 1024);
    request.putArray("disks").add("/dev/sda").add("/dev/sdb");
    Answer answer = post("/v1/enrol", request.toString());
    if (answer.status() == 200) {
      certificate = answer.json().path("certificate").asText();
    }
    return answer;
  }

  Answer renew() throws Exception {
    Answer answer =
        post(
            "/v1/renew",
            JSON.createObjectNode()
                .put("csr", CertificateRequests.request(key, "test"))
                .toString());
    if (answer.status() == 200) {
      certificate = answer.json().path("certificate").asText();
    }
    return answer;
  }

  Answer report(String state, boolean connected) throws Exception {
    return post(
        "/v1/report",
        JSON.createObjectNode()
            .put("state", state)
            .put("connected", connected)
            .put("percent", 40)
            .toString());
  }

  String serial() throws Exception {
    return certificate(certificate).getSerialNumber().toString(16);
  }

  private Answer post(String path, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(endpoint.resolve(path))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    try (HttpClient http = HttpClient.newBuilder().sslContext(tls()).build()) {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      return new Answer(answer.statusCode(), answer.body());
    }
  }

  private SSLContext tls() throws Exception {
    char[] none = new char[0];
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, none);
    if (!certificate.isEmpty()) {
      keys.setKeyEntry(
          "own", key.getPrivate(), none, new X509Certificate[] {certificate(certificate)});
    }
    KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(keys, none);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, none);
    trusted.setCertificateEntry("ca", certificate(ca));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private static X509Certificate certificate(String pem) throws Exception {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
  }
}
