package dev.lifeboat.bench.figure;

import dev.lifeboat.vault.blob.AzureBlobs;
import dev.lifeboat.vault.blob.BlobCredential;
import dev.lifeboat.vault.blob.BlobEndpoint;
import dev.lifeboat.vault.head.Head;
import dev.lifeboat.vault.head.Heads;
import dev.lifeboat.vault.key.DataKeys;
import dev.lifeboat.vault.key.RecoveryKey;
import dev.lifeboat.wire.identity.CertificateAuthority;
import dev.lifeboat.wire.identity.Identity;
import dev.lifeboat.wire.identity.IdentityException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Certificates, a vault with one machine in it, and the process server as its own process. */
final class Site implements AutoCloseable {
  private static final Duration DAY = Duration.ofDays(1);

  final UUID machine = UUID.randomUUID();
  private final Path folder;
  private final CertificateAuthority authority;
  private Optional<Process> server = Optional.empty();
  private int port;

  Site(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    try {
      authority =
          CertificateAuthority.create(
              Files.createDirectories(folder.resolve("ca")), "bench", Clock.systemUTC());
      authority
          .issueServer(List.of("127.0.0.1", "localhost"), DAY)
          .writeTo(Files.createDirectories(folder.resolve("identity")));
    } catch (IdentityException e) {
      throw new IOException(e);
    }
    Files.writeString(folder.resolve("credential"), "sv=2025-11-05&sig=none");
  }

  Identity machineIdentity() throws IOException {
    try {
      return authority.issueMachine(machine, DAY);
    } catch (IdentityException e) {
      throw new IOException(e);
    }
  }

  /** Where the machine's own certificate is. */
  Path machineFolder() throws IOException {
    Path identity = folder.resolve("machine");
    if (!Files.exists(identity)) {
      try {
        machineIdentity().writeTo(Files.createDirectories(identity));
      } catch (IdentityException e) {
        throw new IOException(e);
      }
    }
    return identity;
  }

  Path identityFolder() {
    return folder.resolve("identity");
  }

  /** What a server of this site shows, for the JDK. */
  SSLContext tls() throws IOException {
    try {
      Identity identity = Identity.load(identityFolder());
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      store.setKeyEntry(
          "server", identity.key(), new char[0], identity.chain().toArray(Certificate[]::new));
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, new char[0]);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException | IdentityException e) {
      throw new IOException(e);
    }
  }

  /**
   * Makes the vault and its configuration; {@code credential} as YAML and as what it stands for.
   */
  void initVault(URI endpoint, String yaml, BlobCredential credential) throws IOException {
    Path ca = folder.resolve("ca/ca.crt");
    AzureBlobs blobs = new AzureBlobs(BlobEndpoint.of(endpoint, Optional.of(ca)));
    for (String container : List.of("lifeboat-log", "lifeboat-head")) {
      blobs.plainContainer(container, credential).createContainer();
    }
    RecoveryKey key = RecoveryKey.generate();
    key.write(folder.resolve("recovery.key"));
    if (new DataKeys(blobs.container("lifeboat-log", credential)).create(machine, key).isEmpty()) {
      throw new IOException("the vault holds the machine already");
    }
    new Heads(blobs.container("lifeboat-head", credential)).create(machine, Head.fresh());
    String azure =
        "recoveryKeyFile: %s\nazure:\n  endpoint: %s\n  caFile: %s\n  credential: %s\n"
            .formatted(folder.resolve("recovery.key"), endpoint, ca, yaml);
    Files.writeString(vaultConfig(), "machine: " + machine + "\n" + azure);
    port = freePort();
    Files.writeString(
        folder.resolve("server.yaml"),
        "identity: identity\nlisten: {port: %d}\nmetrics: {port: %d}\n".formatted(port, freePort())
            + "cache: {directory: cache, volumeKey: volume.key}\n"
            + azure);
  }

  /** As above, for the bench's own service, which looks at no credential. */
  void initVault(URI endpoint) throws IOException {
    Path file = folder.resolve("credential");
    initVault(endpoint, "{kind: sas, file: " + file + "}", new BlobCredential.SasFile(file));
  }

  Path vaultConfig() {
    return folder.resolve("vault.yaml");
  }

  /** Starts the process server and waits until it is ready. */
  void startServer() throws IOException, InterruptedException {
    List<String> command =
        List.of(
            Programs.root().resolve("bin/lifeboat-replicator").toString(),
            "process-server",
            "--config",
            "server.yaml");
    Files.createDirectories(folder.resolve("cache"));
    Path log = folder.resolve("server.log");
    Process started = Programs.start(folder, log, Map.of(), command);
    server = Optional.of(started);
    String metrics = Files.readString(folder.resolve("server.yaml"));
    String metricsPort = metrics.replaceAll("(?s).*metrics: \\{port: (\\d+)}.*", "$1");
    HttpRequest ready =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + metricsPort + "/ready")).build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      for (int i = 0; i < 300; i++) {
        try {
          if (http.send(ready, HttpResponse.BodyHandlers.ofString()).statusCode() == 200) {
            return;
          }
        } catch (IOException ignored) {
          // Not there yet.
        }
        if (started.waitFor(Duration.ofMillis(100))) {
          break;
        }
      }
    }
    throw new IOException("the process server does not start: " + Files.readString(log));
  }

  int port() {
    return port;
  }

  /** CPU seconds of the process server so far. */
  double serverCpu() throws IOException {
    return Cpu.of(server.orElseThrow().pid());
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Waits until something listens there. */
  static void awaitPort(int port) throws IOException, InterruptedException {
    for (int i = 0; i < 300; i++) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        if (socket.isConnected()) {
          return;
        }
      } catch (ConnectException ignored) {
        TimeUnit.MILLISECONDS.sleep(100);
      }
    }
    throw new IOException("nothing listens on port " + port);
  }

  /**
   * A first copy of an image by an agent of its own; its CPU seconds, from its start to a point.
   */
  double copy(Path agentFolder, LoopDisk disk, String codec)
      throws IOException, InterruptedException {
    try (AgentProgram agent =
        AgentProgram.start(this, Files.createDirectories(agentFolder), disk, codec)) {
      agent.untilPoint();
      return agent.cpu();
    }
  }

  void stopServer() {
    server.ifPresent(Programs::stop);
    server = Optional.empty();
  }

  @Override
  public void close() {
    stopServer();
  }
}
