package dev.lifeboat.operator.policy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** An API server that holds nothing, takes what it is given, and refuses kinds it is told to. */
final class RefusingApiServer implements AutoCloseable {

  private final HttpServer server;
  private final Map<String, String> refused = new ConcurrentHashMap<>();
  private final List<String> written = new CopyOnWriteArrayList<>();

  private RefusingApiServer(HttpServer server) {
    this.server = server;
  }

  static RefusingApiServer start() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    RefusingApiServer started = new RefusingApiServer(server);
    server.createContext("/", started::answer);
    server.start();
    return started;
  }

  /** From now on what is written of {@code plural} is answered with 422. */
  void refuse(String plural, String message) {
    refused.put(plural, message);
  }

  /** Plurals of what was taken, in order. */
  List<String> written() {
    return List.copyOf(written);
  }

  KubernetesClient client() {
    return new KubernetesClientBuilder()
        .withConfig(
            new ConfigBuilder(Config.empty())
                .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                .withRequestRetryBackoffLimit(0)
                .build())
        .build();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String plural = plural(exchange.getRequestURI().getPath());
      if (exchange.getRequestMethod().equals("GET")) {
        send(exchange, 404, status(404, "not found"));
      } else if (refused.containsKey(plural)) {
        send(exchange, 422, status(422, refused.get(plural)));
      } else {
        written.add(plural);
        send(exchange, 200, body);
      }
    }
  }

  private static String plural(String path) {
    return path.replaceFirst(".*/namespaces/[^/]+/([^/]+).*", "$1");
  }

  private static byte[] status(int code, String message) {
    return Serialization.asJson(
            new StatusBuilder()
                .withStatus("Failure")
                .withCode(code)
                .withReason("Invalid")
                .withMessage(message)
                .build())
        .getBytes(StandardCharsets.UTF_8);
  }

  private static void send(HttpExchange exchange, int code, byte[] body) throws IOException {
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(code, body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
