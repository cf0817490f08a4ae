package dev.lifeboat.testbed.azure;

import com.sun.net.httpserver.HttpExchange;
import dev.lifeboat.vault.blob.BlobEndpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;

/**
 * Where the URLs of disks under upload lead: to Azurite, but for what Azure does not let such a URL
 * do. A signature that permits writing would let the blob be created anew, or resized; a managed
 * disk's does not. Tests can spoil its calls, by the names {@value #UPLOAD} and {@value #READ}.
 */
final class DiskGate {
  static final String UPLOAD = "PageBlob_UploadPages";
  static final String READ = "PageBlob_Read";

  private static final int MOST_BYTES = 8 << 20;
  private static final Set<String> NOT_FORWARDED =
      Set.of("connection", "content-length", "host", "transfer-encoding", "expect", "upgrade");

  private final HttpClient client;
  private final URI service;
  private final Faults faults;
  private final Clock clock;

  DiskGate(SSLContext trust, URI service, Faults faults, Clock clock) {
    this.client =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).sslContext(trust).build();
    this.service = service;
    this.faults = faults;
    this.clock = clock;
  }

  void handle(HttpExchange exchange, Faulty faulty) throws IOException {
    String method = exchange.getRequestMethod();
    String query = Optional.ofNullable(exchange.getRequestURI().getRawQuery()).orElse("");
    boolean upload = method.equals("PUT") && query.matches("(.*&)?comp=page(&.*)?");
    boolean read = method.equals("GET") || method.equals("HEAD");
    String name = upload ? UPLOAD : read ? READ : "PageBlob_" + method;
    int status = 0;
    try {
      byte[] body = exchange.getRequestBody().readNBytes(MOST_BYTES);
      Optional<Fault> fault = faults.ofCall(name);
      Optional<Answer> spoiled = faulty.spoil(fault);
      if (spoiled.isPresent()) {
        status = spoiled.get().status();
        refuse(exchange, status == 429 ? 503 : status, "ServerBusy");
      } else if (!upload && !read) {
        status = 403;
        refuse(exchange, status, "AuthorizationPermissionMismatch");
      } else {
        HttpResponse<InputStream> response = forward(exchange, method, body);
        if (fault.filter(Fault.CutAfter.class::isInstance).isPresent()) {
          response.body().close();
          throw new IOException("the answer of " + name + " is lost, as a test ordered");
        }
        status = response.statusCode();
        pass(exchange, response);
      }
    } finally {
      faults.saw(
          new Faults.Seen(clock.instant(), name, exchange.getRequestURI().getPath(), status));
    }
  }

  /** Where callers of the Resource Manager at this address find the gate. */
  static String url(URI base) {
    return base.toString().replace("//management.", "//" + AzureSite.DISK_ACCOUNT + ".blob.");
  }

  /** Does what a test ordered before the call. */
  @FunctionalInterface
  interface Faulty {
    Optional<Answer> spoil(Optional<Fault> fault) throws IOException;
  }

  private static void refuse(HttpExchange exchange, int status, String code) throws IOException {
    String text =
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>"
            + code
            + "</Code><Message>Refused by the disk's access.</Message></Error>";
    byte[] xml = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("x-ms-error-code", code);
    exchange.getResponseHeaders().set("Content-Type", "application/xml");
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, head ? -1 : xml.length);
    if (!head) {
      exchange.getResponseBody().write(xml);
    }
    exchange.close();
  }

  private HttpResponse<InputStream> forward(HttpExchange exchange, String method, byte[] body)
      throws IOException {
    URI asked = exchange.getRequestURI();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create(
                    service
                        + asked.getRawPath()
                        + (asked.getRawQuery() == null ? "" : "?" + asked.getRawQuery())))
            .method(method, HttpRequest.BodyPublishers.ofByteArray(body));
    if (!exchange.getRequestHeaders().containsKey("x-ms-version")) {
      // The SDK signs for a version that Azurite does not know, and a bare URL means that one.
      request.header("x-ms-version", BlobEndpoint.TESTED_VERSION);
    }
    exchange
        .getRequestHeaders()
        .forEach((header, values) -> {
          if (!NOT_FORWARDED.contains(header.toLowerCase(Locale.ROOT))) {
            values.forEach(value -> request.header(header, value));
          }
        });
    try {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while a disk was uploaded");
    }
  }

  private static void pass(HttpExchange exchange, HttpResponse<InputStream> response)
      throws IOException {
    response
        .headers()
        .map()
        .forEach((header, values) -> {
          if (!NOT_FORWARDED.contains(header.toLowerCase(Locale.ROOT))) {
            exchange.getResponseHeaders().put(header, values);
          }
        });
    Optional<String> length = response.headers().firstValue("content-length");
    try (InputStream content = response.body()) {
      if (exchange.getRequestMethod().equals("HEAD")) {
        length.ifPresent(bytes -> exchange.getResponseHeaders().set("Content-Length", bytes));
        exchange.sendResponseHeaders(response.statusCode(), -1);
      } else if (length.filter("0"::equals).isPresent()) {
        exchange.sendResponseHeaders(response.statusCode(), -1);
      } else {
        exchange.sendResponseHeaders(response.statusCode(), length.map(Long::parseLong).orElse(0L));
        content.transferTo(exchange.getResponseBody());
      }
    }
    exchange.close();
  }

  void close() {
    client.shutdownNow();
  }
}
