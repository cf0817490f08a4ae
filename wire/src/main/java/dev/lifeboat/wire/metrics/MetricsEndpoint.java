package dev.lifeboat.wire.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.Closeable;
import java.io.IOException;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * {@code /metrics} for Prometheus; {@code /health}, 200 as long as the program answers at all: one
 * that does not is to be started anew; {@code /ready}, 200 when it does its work, else 503 and one
 * line that says why not. Says figures and states, never a secret. Runs on virtual threads until it
 * is closed; thread-safe.
 */
public final class MetricsEndpoint implements Closeable {
  private static final String TEXT = "text/plain; charset=utf-8";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * Listens at once.
   *
   * @param hindrance why the program does not do its work yet; empty when it does
   * @throws IOException if the address cannot be had; says which setting to change
   */
  public MetricsEndpoint(
      InetSocketAddress address, CollectorRegistry registry, Supplier<String> hindrance)
      throws IOException {
    server = listen(address);
    server.setExecutor(threads);
    server.createContext("/metrics", exchange -> metrics(exchange, registry));
    server.createContext("/health", exchange -> send(exchange, 200, TEXT, "ok\n"));
    server.createContext("/ready", exchange -> ready(exchange, hindrance.get()));
    server.start();
  }

  private static HttpServer listen(InetSocketAddress address) throws IOException {
    try {
      return HttpServer.create(address, 0);
    } catch (IOException e) {
      throw new IOException(
          "metrics.port: cannot listen on %s:%d (%s); end the program that listens there, or set another metrics.address and metrics.port"
              .formatted(address.getHostString(), address.getPort(), e.getMessage()),
          e);
    }
  }

  /** The port, of use when 0 was asked for. */
  public int port() {
    return server.getAddress().getPort();
  }

  private static void metrics(HttpExchange exchange, CollectorRegistry registry)
      throws IOException {
    StringWriter text = new StringWriter();
    TextFormat.write004(text, registry.metricFamilySamples());
    send(exchange, 200, TextFormat.CONTENT_TYPE_004, text.toString());
  }

  private static void ready(HttpExchange exchange, String hindrance) throws IOException {
    if (hindrance.isEmpty()) {
      send(exchange, 200, TEXT, "ok\n");
    } else {
      send(exchange, 503, TEXT, hindrance + "\n");
    }
  }

  private static void send(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
