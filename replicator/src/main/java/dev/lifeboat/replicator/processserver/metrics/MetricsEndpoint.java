package dev.lifeboat.replicator.processserver.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.Closeable;
import java.io.IOException;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/**
 * {@code /metrics}, {@code /health} and {@code /ready} over HTTP. Says figures and states, never a
 * secret. Runs on virtual threads until it is closed.
 */
public final class MetricsEndpoint implements Closeable {
  private static final String TEXT = "text/plain; charset=utf-8";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * Listens at once.
   *
   * @param healthy false when the process should be restarted
   * @param ready true when agents may come
   */
  public MetricsEndpoint(
      InetSocketAddress address,
      ServerMetrics metrics,
      BooleanSupplier healthy,
      BooleanSupplier ready)
      throws IOException {
    server = HttpServer.create(address, 0);
    server.setExecutor(threads);
    server.createContext("/metrics", exchange -> answerMetrics(exchange, metrics));
    server.createContext("/health", exchange -> answer(exchange, healthy.getAsBoolean()));
    server.createContext("/ready", exchange -> answer(exchange, ready.getAsBoolean()));
    server.start();
  }

  /** The port, of use when 0 was asked for. */
  public int port() {
    return server.getAddress().getPort();
  }

  private static void answerMetrics(HttpExchange exchange, ServerMetrics metrics)
      throws IOException {
    StringWriter text = new StringWriter();
    TextFormat.write004(text, metrics.registry().metricFamilySamples());
    send(exchange, 200, TextFormat.CONTENT_TYPE_004, text.toString());
  }

  private static void answer(HttpExchange exchange, boolean good) throws IOException {
    send(exchange, good ? 200 : 503, TEXT, good ? "ok\n" : "no\n");
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
