package dev.lifeboat.testbed.azure;

import com.fasterxml.jackson.databind.node.MissingNode;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.lifeboat.wire.identity.Identity;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTPS side of login and Resource Manager, told apart by the name they are called by. Every
 * call is authenticated, named, spoiled if a test ordered that, and answered. Thread-safe.
 */
final class ArmServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ArmServer.class);

  /** More than any document of Azure's. */
  private static final int MOST_BYTES = 4 << 20;

  private final HttpsServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Routes routes;
  private final Tokens tokens;
  private final Login login;
  private final Cloud cloud;
  private final Rights rights;
  private final Faults faults;
  private final Operations operations;
  private final DiskGate gate;
  private final Clock clock;

  /** Binds at once, and listens from {@link #start} on. */
  ArmServer(InetSocketAddress address, Identity identity, Services services, Routes routes)
      throws IOException {
    this.routes = routes;
    this.tokens = services.tokens();
    this.login = services.login();
    this.cloud = services.cloud();
    this.rights = services.rights();
    this.faults = services.faults();
    this.operations = services.operations();
    this.gate = services.gate();
    this.clock = services.clock();
    // Answers are a head and a body: without this each waits for the peer's delayed
    // acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    server = HttpsServer.create(address, 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls(identity)));
    server.setExecutor(threads);
    server.createContext("/", this::handle);
  }

  /** What calls are answered from. */
  record Services(
      Tokens tokens,
      Login login,
      Cloud cloud,
      Rights rights,
      Faults faults,
      Operations operations,
      DiskGate gate,
      Clock clock) {}

  private static SSLContext tls(Identity identity) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      char[] none = new char[0];
      X509Certificate[] chain = identity.chain().toArray(X509Certificate[]::new);
      try {
        store.load(null, null);
      } catch (IOException e) {
        throw new IllegalStateException("an empty key store cannot be made", e);
      }
      store.setKeyEntry("testbed", identity.key(), none, chain);
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, none);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime cannot serve TLS", e);
    }
  }

  void start() {
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) throws IOException {
    String host = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Host")).orElse("");
    URI base = URI.create("https://" + host);
    if (host.startsWith(AzureSite.DISK_ACCOUNT + ".")) {
      gate.handle(exchange, ArmServer::spoil);
      return;
    }
    byte[] body = exchange.getRequestBody().readNBytes(MOST_BYTES);
    String path = exchange.getRequestURI().getPath();
    if (host.startsWith("login.")) {
      URI management = URI.create("https://management" + host.substring("login".length()));
      answer(exchange, login.token(exchange.getRequestMethod(), path, body, management));
      return;
    }
    Call call =
        new Call(
            exchange.getRequestMethod(),
            base,
            path.replaceFirst("^/+", "/"),
            query(exchange),
            MissingNode.getInstance(),
            Map.of());
    Optional<Routes.Match> match = routes.find(call);
    String name = match.map(Routes.Match::name).orElseGet(() -> Routes.describe(call));
    Answer answer;
    try {
      answer = answer(exchange, call, match, name, body);
    } catch (IOException e) {
      faults.saw(new Faults.Seen(clock.instant(), name, path, 0));
      throw e;
    }
    faults.saw(new Faults.Seen(clock.instant(), name, path, answer.status()));
    answer(exchange, answer);
  }

  private Answer answer(
      HttpExchange exchange, Call call, Optional<Routes.Match> match, String name, byte[] body)
      throws IOException {
    Optional<Fault> fault = Optional.empty();
    try {
      authenticate(exchange, call);
      fault = call.path().startsWith("/testbed/") ? Optional.empty() : faults.ofCall(name);
      Optional<Answer> spoiled = spoil(fault);
      if (spoiled.isPresent()) {
        return spoiled.get();
      }
      Answer answer = operations.settled(dispatch(call, match, name, body));
      if (fault.filter(Fault.CutAfter.class::isInstance).isPresent()) {
        throw new IOException("the answer of " + name + " is lost, as a test ordered");
      }
      return answer;
    } catch (ArmException e) {
      LOG.debug("{} refused: {} {}", name, e.code(), e.getMessage());
      Answer refusal = Answer.error(e.status(), e.code(), e.getMessage());
      return e.status() == 401
          ? refusal.header(
              "WWW-Authenticate",
              "Bearer authorization_uri=\"%s\", error=\"invalid_token\""
                  .formatted(call.base().toString().replace("//management", "//login")))
          : refusal;
    } catch (RuntimeException e) {
      LOG.error("{} failed", name, e);
      return Answer.error(500, "InternalServerError", e.toString());
    }
  }

  private void authenticate(HttpExchange exchange, Call call) {
    String authorization =
        Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")).orElse("");
    tokens.check(authorization, call.base().toString());
  }

  private static Optional<Answer> spoil(Optional<Fault> fault) throws IOException {
    if (fault.isEmpty()) {
      return Optional.empty();
    }
    return switch (fault.get()) {
      case Fault.Throttle(int seconds) ->
          Optional.of(
              Answer.error(
                      429,
                      "TooManyRequests",
                      "The request is being throttled. Please retry after " + seconds + " seconds.")
                  .header("Retry-After", Integer.toString(seconds)));
      case Fault.Refuse(int status, String code, String message) ->
          Optional.of(Answer.error(status, code, message));
      case Fault.CutBefore() -> throw new IOException("the connection is cut, as a test ordered");
      case Fault.Hold(Duration time) -> {
        hold(time);
        yield Optional.empty();
      }
      case Fault.CutAfter() -> Optional.empty();
      case Fault.FailOperation _ -> throw new IllegalStateException("it is the operation's");
    };
  }

  private static void hold(Duration time) throws IOException {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private Answer dispatch(Call call, Optional<Routes.Match> match, String name, byte[] body) {
    if (match.isEmpty()) {
      throw ArmException.notImplemented(name);
    }
    Call matched = match.get().call();
    if (!call.path().startsWith("/testbed/")) {
      if (call.query("api-version").isEmpty()) {
        throw new ArmException(
            400,
            "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.");
      }
      cloud.requireSubscription(matched.variable("subscription"));
      rights.require(call);
    }
    return match.get().handler().on(matched.withBody(Json.read(body)));
  }

  private static Map<String, String> query(HttpExchange exchange) {
    String raw = exchange.getRequestURI().getRawQuery();
    Map<String, String> query = new HashMap<>();
    if (raw != null) {
      Login.form(raw).forEach((name, value) -> query.put(name.toLowerCase(Locale.ROOT), value));
    }
    return query;
  }

  private static void answer(HttpExchange exchange, Answer answer) throws IOException {
    Headers headers = exchange.getResponseHeaders();
    answer.headers().forEach(headers::set);
    headers.set("x-ms-request-id", UUID.randomUUID().toString());
    boolean empty = answer.body().isMissingNode() || exchange.getRequestMethod().equals("HEAD");
    if (empty) {
      exchange.sendResponseHeaders(answer.status(), -1);
    } else {
      byte[] bytes = Json.bytes(answer.body());
      headers.set("Content-Type", "application/json; charset=utf-8");
      exchange.sendResponseHeaders(answer.status(), bytes.length);
      exchange.getResponseBody().write(bytes);
    }
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
    gate.close();
    threads.shutdownNow();
    threads.close();
  }
}
