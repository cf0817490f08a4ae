package dev.lifeboat.agent.control;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.client.Collector;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.GaugeMetricFamily;
import io.prometheus.client.exporter.common.TextFormat;
import io.prometheus.client.hotspot.MemoryPoolsExports;
import java.io.Closeable;
import java.io.IOException;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** {@code /metrics} and {@code /health} over HTTP, out of the status at that moment. */
public final class MetricsEndpoint implements Closeable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** Listens at once. */
  public MetricsEndpoint(InetSocketAddress address, Supplier<AgentStatus> status)
      throws IOException {
    CollectorRegistry registry = new CollectorRegistry();
    registry.register(new StatusCollector(status));
    registry.register(new MemoryPoolsExports());
    server = HttpServer.create(address, 0);
    server.setExecutor(threads);
    server.createContext(
        "/metrics",
        exchange -> {
          StringWriter text = new StringWriter();
          TextFormat.write004(text, registry.metricFamilySamples());
          send(exchange, TextFormat.CONTENT_TYPE_004, text.toString());
        });
    server.createContext("/health", exchange -> send(exchange, "text/plain", "ok\n"));
    server.start();
  }

  private static void send(HttpExchange exchange, String type, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }

  private static final class StatusCollector extends Collector {
    private final Supplier<AgentStatus> status;

    StatusCollector(Supplier<AgentStatus> status) {
      this.status = status;
    }

    @Override
    public List<MetricFamilySamples> collect() {
      AgentStatus now = status.get();
      List<MetricFamilySamples> all = new ArrayList<>();
      gauge(all, "consistent", "1 if marks are recovery points", "Consistent".equals(now.state()));
      gauge(all, "dormant", "1 if the agent does nothing", "Dormant".equals(now.state()));
      gauge(all, "connected", "1 if a process server takes the log", now.connected());
      gauge(all, "converging_bytes", "bytes still to be read", (double) now.bytesLeft());
      gauge(all, "lag_bytes", "captured and not yet durable", (double) now.lagBytes());
      gauge(all, "lag_seconds", "age of the newest mark in the vault", now.lagSeconds());
      gauge(all, "captured_position", "where the newest write ends", (double) now.position());
      gauge(all, "ring_fill_ratio", "how full the kernel's ring is", now.ringFill());
      gauge(all, "journal_files", "files of tracked changes in use", now.journalFiles());
      gauge(all, "lost_writes", "writes that were not kept whole", (double) now.losses().total());
      return all;
    }

    private static void gauge(
        List<MetricFamilySamples> all, String name, String help, boolean value) {
      gauge(all, name, help, value ? 1 : 0);
    }

    private static void gauge(
        List<MetricFamilySamples> all, String name, String help, double value) {
      all.add(new GaugeMetricFamily("lifeboat_agent_" + name, help, value));
    }
  }
}
