package dev.lifeboat.operator.agents;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.lifeboat.wire.identity.IdentityException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTPS for agents. Who has no certificate may fetch the authority, the installer and, with a
 * token, the package, and may enrol; everything else asks for the machine's certificate. Runs on
 * virtual threads until it is closed.
 */
public final class ManagementEndpoint implements Closeable {

  private static final Logger LOG = LoggerFactory.getLogger(ManagementEndpoint.class);
  private static final int BODY_LIMIT = 64 << 10;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpsServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AgentManagement management;
  private final Optional<Path> agentPackage;

  /** Listens at once. */
  public ManagementEndpoint(
      InetSocketAddress address,
      ManagementCertificate certificate,
      AgentManagement management,
      Optional<Path> agentPackage)
      throws IOException, IdentityException {
    this.management = management;
    this.agentPackage = agentPackage;
    SSLContext tls = certificate.tls();
    server = HttpsServer.create(address, 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(tls) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters wanted = tls.getDefaultSSLParameters();
            wanted.setProtocols(new String[] {"TLSv1.3"});
            wanted.setWantClientAuth(true);
            parameters.setSSLParameters(wanted);
          }
        });
    server.setExecutor(threads);
    route("/v1/ca.crt", "GET", exchange -> text(exchange, management.authorityPem()));
    route("/v1/install.sh", "GET", exchange -> text(exchange, InstallScript.TEXT));
    route("/v1/package", "GET", this::sendPackage);
    route("/v1/enrol", "POST", this::enrol);
    route("/v1/renew", "POST", this::renew);
    route("/v1/report", "POST", this::report);
    server.start();
  }

  /** The port, of use when 0 was asked for. */
  public int port() {
    return server.getAddress().getPort();
  }

  private void route(String path, String method, HttpHandler handler) {
    server.createContext(
        path,
        exchange -> {
          try (exchange) {
            if (!exchange.getRequestURI().getPath().equals(path)) {
              answer(exchange, 404, "there is nothing here");
            } else if (!exchange.getRequestMethod().equals(method)) {
              answer(exchange, 405, "use " + method);
            } else {
              handle(exchange, handler);
            }
          }
        });
  }

  private static void handle(HttpExchange exchange, HttpHandler handler) throws IOException {
    try {
      handler.handle(exchange);
    } catch (ManagementException e) {
      answer(exchange, e.status(), e.getMessage());
    } catch (JsonProcessingException e) {
      answer(exchange, 400, "this is not the JSON that is expected here");
    } catch (RuntimeException e) {
      LOG.error("{} failed", exchange.getRequestURI().getPath(), e);
      answer(exchange, 500, "the operator has failed; its log says how");
    }
  }

  private void enrol(HttpExchange exchange) throws IOException {
    json(exchange, management.enrol(JSON.readValue(body(exchange), Enrolment.Request.class)));
  }

  private void renew(HttpExchange exchange) throws IOException {
    json(
        exchange,
        management.renew(peer(exchange), JSON.readTree(body(exchange)).path("csr").asText()));
  }

  private void report(HttpExchange exchange) throws IOException {
    json(
        exchange,
        management.report(peer(exchange), JSON.readValue(body(exchange), AgentReport.class)));
  }

  private void sendPackage(HttpExchange exchange) throws IOException {
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    management.requireToken(authorization == null ? "" : authorization.replace("Bearer ", ""));
    if (agentPackage.isEmpty() || !Files.isReadable(agentPackage.get())) {
      throw new ManagementException(404, "this operator has no package of the agent");
    }
    exchange.getResponseHeaders().set("Content-Type", "application/gzip");
    exchange.sendResponseHeaders(200, Files.size(agentPackage.get()));
    Files.copy(agentPackage.get(), exchange.getResponseBody());
  }

  private static X509Certificate peer(HttpExchange exchange) {
    try {
      return (X509Certificate) ((HttpsExchange) exchange).getSSLSession().getPeerCertificates()[0];
    } catch (SSLPeerUnverifiedException e) {
      throw new ManagementException(401, "show the machine's certificate");
    }
  }

  private static byte[] body(HttpExchange exchange) throws IOException {
    try (InputStream in = exchange.getRequestBody()) {
      byte[] bytes = in.readNBytes(BODY_LIMIT + 1);
      if (bytes.length > BODY_LIMIT) {
        throw new ManagementException(413, "too long");
      }
      return bytes;
    }
  }

  private static void json(HttpExchange exchange, Object body) throws IOException {
    send(exchange, 200, "application/json", JSON.writeValueAsString(body));
  }

  private static void text(HttpExchange exchange, String body) throws IOException {
    send(exchange, 200, "text/plain; charset=utf-8", body);
  }

  private static void answer(HttpExchange exchange, int status, String what) throws IOException {
    send(exchange, status, "text/plain; charset=utf-8", what + "\n");
  }

  private static void send(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
