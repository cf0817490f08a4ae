package dev.lifeboat.bench.blob;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Answers one request. */
final class BlobHandler implements HttpHandler {
  private static final int MOST = 128 << 20;

  private final Blobs blobs;

  BlobHandler(Blobs blobs) {
    this.blobs = blobs;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String account = "/" + BlobService.ACCOUNT + "/";
      Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
      if (!path.startsWith(account)) {
        fail(exchange, 400, "InvalidUri");
        return;
      }
      String name = path.substring(account.length());
      boolean container = "container".equals(query.get("restype"));
      switch (exchange.getRequestMethod()) {
        case "PUT" -> {
          byte[] body = body(exchange);
          if (container) {
            answer(exchange, 201, new byte[0]);
          } else {
            put(exchange, name, body);
          }
        }
        case "GET", "HEAD" -> {
          if (container && "list".equals(query.get("comp"))) {
            list(exchange, name + "/", query.getOrDefault("prefix", ""));
          } else {
            get(exchange, name);
          }
        }
        default -> fail(exchange, 405, "UnsupportedHttpVerb");
      }
    }
  }

  private static byte[] body(HttpExchange exchange) throws IOException {
    String length = exchange.getRequestHeaders().getFirst("Content-Length");
    int expected = length == null ? 0 : Integer.parseInt(length);
    if (expected < 0 || expected > MOST) {
      throw new IOException("a blob of " + length + " bytes");
    }
    try (InputStream in = exchange.getRequestBody()) {
      return in.readNBytes(expected);
    }
  }

  private void put(HttpExchange exchange, String name, byte[] body) throws IOException {
    Headers headers = exchange.getRequestHeaders();
    String match = headers.getFirst("If-Match");
    Optional<Blobs.Blob> put;
    if ("*".equals(headers.getFirst("If-None-Match"))) {
      put = blobs.create(name, body);
      if (put.isEmpty()) {
        fail(exchange, 409, "BlobAlreadyExists");
        return;
      }
    } else if (match != null) {
      put = blobs.replace(name, body, match.replace("\"", ""));
      if (put.isEmpty()) {
        fail(exchange, 412, "ConditionNotMet");
        return;
      }
    } else {
      put = Optional.of(blobs.put(name, body));
    }
    describe(exchange.getResponseHeaders(), put.get());
    exchange.getResponseHeaders().set("x-ms-request-server-encrypted", "true");
    answer(exchange, 201, new byte[0]);
  }

  private void get(HttpExchange exchange, String name) throws IOException {
    Optional<Blobs.Blob> found = blobs.get(name);
    if (found.isEmpty()) {
      fail(exchange, 404, "BlobNotFound");
      return;
    }
    Headers out = exchange.getResponseHeaders();
    byte[] content = found.get().content();
    out.set("x-ms-blob-type", "BlockBlob");
    out.set("Accept-Ranges", "bytes");
    describe(out, found.get());
    String range = exchange.getRequestHeaders().getFirst("x-ms-range");
    range = range == null ? exchange.getRequestHeaders().getFirst("Range") : range;
    if (range == null) {
      answer(exchange, 200, content);
      return;
    }
    String[] bounds = range.substring("bytes=".length()).split("-", -1);
    long from = Long.parseLong(bounds[0]);
    if (from >= content.length) {
      fail(exchange, 416, "InvalidRange");
      return;
    }
    long last = bounds[1].isEmpty() ? content.length - 1 : Long.parseLong(bounds[1]);
    last = Math.min(last, content.length - 1L);
    out.set("Content-Range", "bytes " + from + "-" + last + "/" + content.length);
    answer(exchange, 206, Arrays.copyOfRange(content, (int) from, (int) last + 1));
  }

  private void list(HttpExchange exchange, String container, String prefix) throws IOException {
    StringBuilder xml = new StringBuilder(1 << 12);
    xml.append("<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults><Blobs>");
    blobs
        .startingWith(container + prefix)
        .forEach((path, blob) ->
            xml.append("<Blob><Name>")
                .append(path.substring(container.length()))
                .append("</Name><Properties><Creation-Time>")
                .append(date(blob.created()))
                .append("</Creation-Time><Last-Modified>")
                .append(date(blob.created()))
                .append("</Last-Modified><Etag>")
                .append(blob.etag())
                .append("</Etag><Content-Length>")
                .append(blob.length())
                .append("</Content-Length><BlobType>BlockBlob</BlobType></Properties></Blob>"));
    xml.append("</Blobs><NextMarker/></EnumerationResults>");
    exchange.getResponseHeaders().set("Content-Type", "application/xml");
    answer(exchange, 200, xml.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static void describe(Headers out, Blobs.Blob blob) {
    out.set("ETag", '"' + blob.etag() + '"');
    out.set("Last-Modified", date(blob.created()));
  }

  private static void fail(HttpExchange exchange, int status, String code) throws IOException {
    exchange.getResponseHeaders().set("x-ms-error-code", code);
    exchange.getResponseHeaders().set("Content-Type", "application/xml");
    String xml =
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>"
            + code
            + "</Code><Message>"
            + code
            + "</Message></Error>";
    answer(exchange, status, xml.getBytes(StandardCharsets.UTF_8));
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("x-ms-request-id", "00000000-0000-0000-0000-000000000000");
    exchange.getResponseHeaders().set("x-ms-version", "2025-11-05");
    boolean head = exchange.getRequestMethod().equals("HEAD");
    if (head) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
    }
    exchange.sendResponseHeaders(status, head || body.length == 0 ? -1 : body.length);
    if (!head && body.length > 0) {
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
      }
    }
  }

  private static String date(Instant at) {
    return DateTimeFormatter.RFC_1123_DATE_TIME.format(at.atOffset(ZoneOffset.UTC));
  }

  private static Map<String, String> query(String raw) {
    Map<String, String> query = new TreeMap<>();
    if (raw != null) {
      for (String pair : raw.split("&", -1)) {
        int equals = pair.indexOf('=');
        if (equals > 0) {
          query.put(
              pair.substring(0, equals),
              URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
        }
      }
    }
    return query;
  }
}
