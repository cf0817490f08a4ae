package dev.lifeboat.wire.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Gauge;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricsEndpointTest {
  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private final CollectorRegistry registry = new CollectorRegistry();
  private final AtomicReference<String> hindrance = new AtomicReference<>("starting");
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    client.close();
  }

  private String get(MetricsEndpoint endpoint, String page) throws Exception {
    HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + endpoint.port() + page))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    return answer.statusCode() + " " + answer.body();
  }

  @Test
  void livesFromTheFirstMomentAndIsReadyWhenTheProgramSaysSo() throws Exception {
    try (MetricsEndpoint endpoint = new MetricsEndpoint(ANY, registry, hindrance::get)) {
      assertThat(get(endpoint, "/health")).isEqualTo("200 ok\n");
      assertThat(get(endpoint, "/ready")).isEqualTo("503 starting\n");
      hindrance.set("");
      assertThat(get(endpoint, "/ready")).isEqualTo("200 ok\n");
    }
  }

  @Test
  void givesTheFiguresOfTheRegistry() throws Exception {
    Gauge.build("lifeboat_test_depth", "how deep").register(registry).set(42);
    try (MetricsEndpoint endpoint = new MetricsEndpoint(ANY, registry, hindrance::get)) {
      assertThat(get(endpoint, "/metrics"))
          .startsWith("200 ")
          .contains("# HELP lifeboat_test_depth how deep", "lifeboat_test_depth 42.0");
      assertThat(get(endpoint, "/nothing")).startsWith("404");
    }
  }

  @Test
  void namesTheSettingWhenItsPortIsTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      assertThatThrownBy(() ->
              new MetricsEndpoint(
                  (InetSocketAddress) taken.getLocalSocketAddress(), registry, hindrance::get))
          .hasMessage(
              "metrics.port: cannot listen on localhost:%d (Address already in use); end the program that listens there, or set another metrics.address and metrics.port",
              port);
    }
  }
}
