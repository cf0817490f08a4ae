package dev.lifeboat.vault.azurite;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lifeboat.vault.blob.TestTrust;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands before an {@link Azurite} and spoils calls: answers 429, 500 or 503 by itself, cuts the
 * connection before a call was made, or after it was made so that its answer is lost. Plain HTTP on
 * the loopback, for clients whose credential is a signature. Closed by its owner.
 */
public final class FaultyProxy implements AutoCloseable {

  /** What happens to a call. */
  public enum Fault {
    NONE,
    TOO_MANY,
    INTERNAL,
    BUSY,
    /** The connection is cut, the call never arrived. */
    CUT,
    /** The call took effect, then the connection is cut. */
    LOSE_ANSWER
  }

  /** Decides on each call, and may hold it up. */
  @FunctionalInterface
  public interface Plan {
    Fault on(String method, String path) throws InterruptedException;
  }

  private static final Set<String> HOP_BY_HOP =
      Set.of(
          "connection",
          "content-length",
          "host",
          "transfer-encoding",
          "expect",
          "upgrade",
          "http2-settings");

  private final HttpServer server;
  private final HttpClient client;
  private final Azurite azurite;
  private final AtomicInteger faults = new AtomicInteger();
  private volatile Plan plan = (_, _) -> Fault.NONE;

  public FaultyProxy(Azurite azurite) throws IOException {
    this.azurite = azurite;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(TestTrust.of(azurite.caFile()))
            .build();
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  public void plan(Plan next) {
    plan = next;
  }

  /** How many calls were spoiled. */
  public int faults() {
    return faults.get();
  }

  /** The address to use instead of Azurite's. */
  public URI endpoint() {
    return URI.create(
        "http://127.0.0.1:" + server.getAddress().getPort() + azurite.endpoint().getPath());
  }

  private void handle(HttpExchange exchange) throws IOException {
    Fault fault = decide(exchange);
    if (fault != Fault.NONE) {
      faults.incrementAndGet();
    }
    byte[] body = exchange.getRequestBody().readAllBytes();
    switch (fault) {
      case TOO_MANY -> answer(exchange, 429);
      case INTERNAL -> answer(exchange, 500);
      case BUSY -> answer(exchange, 503);
      case CUT -> throw new IOException("cut");
      case LOSE_ANSWER -> {
        forward(exchange, body);
        throw new IOException("answer lost");
      }
      case NONE -> {
        HttpResponse<byte[]> response = forward(exchange, body);
        response
            .headers()
            .map()
            .forEach((name, values) -> {
              if (!HOP_BY_HOP.contains(name.toLowerCase(Locale.ROOT))) {
                exchange.getResponseHeaders().put(name, values);
              }
            });
        boolean head = "HEAD".equals(exchange.getRequestMethod());
        if (head) {
          response
              .headers()
              .firstValue("content-length")
              .ifPresent(length -> exchange.getResponseHeaders().set("Content-Length", length));
        }
        byte[] answer = response.body();
        exchange.sendResponseHeaders(
            response.statusCode(), answer.length == 0 ? -1 : answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
      }
    }
  }

  private Fault decide(HttpExchange exchange) throws IOException {
    try {
      return plan.on(exchange.getRequestMethod(), exchange.getRequestURI().getPath());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static void answer(HttpExchange exchange, int status) throws IOException {
    exchange.sendResponseHeaders(status, -1);
    exchange.close();
  }

  private HttpResponse<byte[]> forward(HttpExchange exchange, byte[] body) throws IOException {
    URI from = exchange.getRequestURI();
    URI to =
        URI.create(
            azurite.endpoint().getScheme()
                + "://"
                + azurite.endpoint().getRawAuthority()
                + from.getRawPath()
                + (from.getRawQuery() == null ? "" : "?" + from.getRawQuery()));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(to)
            .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> {
          if (!HOP_BY_HOP.contains(name.toLowerCase(Locale.ROOT))) {
            values.forEach(v -> request.header(name, v));
          }
        });
    try {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    client.close();
  }
}
