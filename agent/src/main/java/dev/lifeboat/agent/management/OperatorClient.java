package dev.lifeboat.agent.management;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lifeboat.agent.settings.Endpoint;
import dev.lifeboat.wire.identity.Identity;
import dev.lifeboat.wire.identity.IdentityException;
import dev.lifeboat.wire.identity.JdkTls;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLContext;

/** The operator's endpoint over HTTPS. */
public final class OperatorClient implements Operator {
  private static final Duration CONNECT = Duration.ofSeconds(30);
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int MOST_BYTES = 256 << 10;
  private static final int MOST_OF_A_REFUSAL = 512;
  private static final ObjectMapper JSON =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private final Endpoint endpoint;
  private volatile HttpClient http;

  /** With TLS that shows and believes what it is to. */
  public OperatorClient(Endpoint endpoint, SSLContext tls) {
    this.endpoint = endpoint;
    this.http = client(tls);
  }

  private static HttpClient client(SSLContext tls) {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(CONNECT)
        .sslContext(tls)
        .build();
  }

  @Override
  public void identify(Identity identity) throws IdentityException {
    HttpClient before = http;
    http = client(JdkTls.of(identity));
    before.shutdownNow();
  }

  /** A page as it stands. */
  String page(String path) throws IOException {
    return send(request(path).GET());
  }

  /** Enrols the machine. */
  public Enrolled enrol(EnrolmentRequest request) throws IOException {
    return post("/v1/enrol", request, Enrolled.class);
  }

  @Override
  public String renew(String request) throws IOException {
    return post("/v1/renew", Map.of("csr", request), JsonNode.class).path("certificate").asText();
  }

  @Override
  public Assignment report(Report report) throws IOException {
    return post("/v1/report", report, Assignment.class);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("https://" + endpoint + path)).timeout(PATIENCE);
  }

  private <T> T post(String path, Object body, Class<T> answer) throws IOException {
    String text =
        send(
            request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body))));
    try {
      T value = JSON.readValue(text, answer);
      if (value != null) {
        return value;
      }
    } catch (JacksonException e) {
      throw new IOException("the operator answers in words that this agent does not know", e);
    }
    throw new IOException("the operator answers nothing");
  }

  private String send(HttpRequest.Builder request) throws IOException {
    HttpResponse<String> response;
    try {
      response =
          http.send(
              request.build(),
              HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofString(), MOST_BYTES));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the agent is ending");
    } catch (IOException e) {
      throw new IOException(Unreachable.explain(e), e);
    }
    if (response.statusCode() != 200) {
      throw new RefusedException(response.statusCode(), line(response));
    }
    return response.body();
  }

  /** What was said, in one line, for a terminal. */
  private static String line(HttpResponse<String> response) {
    String text = response.body().strip().replaceAll("\\p{Cntrl}+", " ");
    return text.isEmpty()
        ? "HTTP " + response.statusCode()
        : text.substring(0, Math.min(MOST_OF_A_REFUSAL, text.length()));
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
