package dev.lifeboat.replicator.processserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lifeboat.replicator.ReplicatorCommand;
import dev.lifeboat.vault.azurite.Azurite;
import dev.lifeboat.vault.azurite.FaultyProxy;
import dev.lifeboat.vault.blob.AzureBlobs;
import dev.lifeboat.vault.blob.BlobCredential;
import dev.lifeboat.vault.blob.BlobStore;
import dev.lifeboat.vault.head.Heads;
import dev.lifeboat.vault.point.LogView;
import dev.lifeboat.vault.point.RecoveryPoint;
import dev.lifeboat.wire.protocol.Message;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The program itself, started from a configuration file before a real blob service that spoils
 * calls, with a credential that may only create, read and list; killed with SIGKILL again and
 * again.
 */
final class CrashIT {
  @TempDir private Path folder;
  private Azurite azurite;
  private FaultyProxy proxy;
  private Site site;
  private Path config;
  private int port;

  @BeforeEach
  void prepare() throws Exception {
    site = new Site(folder);
    azurite = Azurite.start(Files.createDirectories(folder.resolve("azurite")));
    azurite.owner().createBlobContainer("lifeboat-log");
    azurite.owner().createBlobContainer("lifeboat-head");
    AzureBlobs blobs = new AzureBlobs(azurite.blobEndpoint());
    BlobCredential owner = new BlobCredential.TokenFile(azurite.tokenFile());
    BlobStore log = blobs.container("lifeboat-log", owner);
    site.vault = log;
    site.prepare(log, new Heads(blobs.container("lifeboat-head", owner)), site.machine);
    site.recoveryKey.write(folder.resolve("recovery.key"));
    proxy = new FaultyProxy(azurite);
    port = freePort();
    config = folder.resolve("server.yaml");
    Instant expiry = Instant.now().plus(Duration.ofHours(1));
    Files.writeString(
        config,
        """
        listen: {port: %d}
        metrics: {port: 0}
        identity: identity
        cache: {directory: cache, volumeKey: volume.key}
        recoveryKeyFile: recovery.key
        azure:
          endpoint: %s
          credential: {kind: sas, file: %s}
          headCredential: {kind: sas, file: %s}
        upload: {pointDelay: 100ms, idleDelay: 300ms, stopWithin: 2s}
        connections: {answerWithin: 500ms}
        """
            .formatted(
                port,
                proxy.endpoint(),
                azurite.sasFile("lifeboat-log", "crl", expiry),
                azurite.sasFile("lifeboat-head", "rw", expiry)));
  }

  @AfterEach
  void end() {
    proxy.close();
    azurite.close();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private Process start(Path output) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Xmx256m",
            "-cp",
            System.getProperty("java.class.path"),
            ReplicatorCommand.class.getName(),
            "process-server",
            "--config",
            config.toString())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
        .start();
  }

  private AgentDouble connected() {
    AgentDouble[] agent = new AgentDouble[1];
    await()
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptions()
        .until(() -> {
          agent[0] = new AgentDouble(port, site.identity());
          return true;
        });
    return agent[0];
  }

  @Test
  void losesNothingAcknowledged_whenKilledAgainAndAgain() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    proxy.plan(spoilEveryOtherSegment());
    ScriptedLog log = new ScriptedLog(site.machine, seed);
    log.state(true);
    log.base();
    Path output = folder.resolve("output");
    long acknowledged = 0;
    for (int round = 0; round < 4; round++) {
      Process process = start(output);
      try (AgentDouble agent = connected()) {
        Message.Welcome welcome = agent.greet(log);
        assertThat(welcome.sequence())
            .as("nothing acknowledged is lost")
            .isGreaterThanOrEqualTo(acknowledged);
        for (int i = 0; i < 20; i++) {
          log.data(10, 8 << 10);
          log.mark();
        }
        agent.sendFrom(log, welcome.sequence());
        long some = welcome.sequence() + 1 + random.nextInt(20);
        await().atMost(Duration.ofSeconds(30)).until(() -> agent.ack.durable() >= some);
        if (round == 3) {
          await().atMost(Duration.ofSeconds(90)).until(() -> agent.ack.uploaded() == log.sequence);
          process.destroy();
          assertThat(process.waitFor(20, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
        }
        acknowledged = agent.ack.durable();
      } finally {
        process.destroyForcibly().waitFor();
      }
    }
    assertThat(proxy.faults()).isPositive();
    LogView view = site.view();
    assertThat(view.findings()).isEmpty();
    assertThat(view.points()).hasSize(log.images.size());
    for (RecoveryPoint point :
        view.points().subList(view.points().size() - 3, view.points().size())) {
      assertThat(site.hydrate(view, point)).isEqualTo(log.images.get(point.id().sequence()));
    }
    String said = Files.readString(output);
    assertThat(azuriteSecrets()).hasSize(2);
    for (Path sas : azuriteSecrets()) {
      String secret = Files.readString(sas).strip();
      assertThat(said).doesNotContain(secret.substring(Math.max(0, secret.length() - 30)));
    }
  }

  /** One fault after the other, beginning with the first upload, so that a short run has them. */
  private static FaultyProxy.Plan spoilEveryOtherSegment() {
    FaultyProxy.Fault[] faults = FaultyProxy.Fault.values();
    AtomicInteger puts = new AtomicInteger();
    return (method, path) -> {
      if (!path.contains("/segment/") || !method.equals("PUT")) {
        return FaultyProxy.Fault.NONE;
      }
      int put = puts.getAndIncrement();
      return put % 2 == 0 ? faults[1 + put / 2 % (faults.length - 1)] : FaultyProxy.Fault.NONE;
    };
  }

  private Iterable<Path> azuriteSecrets() throws IOException {
    try (var files = Files.list(folder.resolve("azurite"))) {
      return files.filter(file -> file.toString().contains("sas")).toList();
    }
  }
}
