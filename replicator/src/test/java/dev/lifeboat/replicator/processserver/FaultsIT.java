package dev.lifeboat.replicator.processserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.lifeboat.vault.blob.BlobException;
import dev.lifeboat.vault.blob.MemoryBlobStore;
import dev.lifeboat.vault.point.LogView;
import dev.lifeboat.vault.point.RecoveryPoint;
import dev.lifeboat.wire.LeakGuard;
import dev.lifeboat.wire.identity.CertificateAuthority;
import dev.lifeboat.wire.protocol.Refusal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong around a process server, and that it survives it. */
@ExtendWith(LeakGuard.class)
final class FaultsIT {
  private static final String NEEDLE = "a needle that must be found nowhere";

  @TempDir private Path folder;
  private Site site;
  private ScriptedLog log;

  @BeforeEach
  void prepare() throws Exception {
    site = new Site(folder);
    log = new ScriptedLog(site.machine, 5);
  }

  private static MemoryBlobStore.Faults away() {
    return new MemoryBlobStore.Faults() {
      @Override
      public void before(String call, String name) throws IOException {
        if (call.equals("create") && name.contains("/segment/")) {
          throw new BlobException(BlobException.Reason.UNREACHABLE, "away");
        }
      }
    };
  }

  private void assertPoints() throws Exception {
    LogView view = site.view();
    assertThat(view.points()).hasSize(log.images.size());
    RecoveryPoint last = view.latest().orElseThrow();
    assertThat(site.hydrate(view, last)).isEqualTo(log.images.get(last.id().sequence()));
  }

  private double metric(ProcessServer server, String name) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + server.metricsPort() + "/metrics");
      String text =
          http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
              .body();
      return text.lines()
          .filter(line -> line.startsWith("lifeboat_ps_" + name + " "))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .sum();
    }
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor()).as(List.of(command).toString()).isZero();
  }

  @Test
  void waitsForSpace_whenTheCacheDiskIsFull() throws Exception {
    Path small = Files.createDirectories(folder.resolve("small"));
    run("mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", small.toString());
    try {
      try (ProcessServer server = site.server(small.resolve("cache"));
          AgentDouble agent = new AgentDouble(server.port(), site.identity())) {
        agent.greet(log);
        site.log.faults(away());
        log.state(true);
        log.base();
        for (int i = 0; i < 150; i++) {
          log.data(20, 16 << 10);
        }
        log.mark();
        agent.sendFrom(log, 0);
        await().atMost(Duration.ofSeconds(20)).until(() -> agent.credit == 0);
        await().atMost(Duration.ofSeconds(20)).until(() -> metric(server, "machines_stuck") == 1);
        assertThat(metric(server, "received_waiting_bytes")).isLessThan(3 * (4 << 20));
        assertThat(agent.ack.durable()).isLessThan(log.sequence);
        assertThat(agent.isOpen()).isTrue();
        site.log.faults(new MemoryBlobStore.Faults() {});
        await().atMost(Duration.ofSeconds(40)).until(() -> agent.ack.uploaded() == log.sequence);
        await().atMost(Duration.ofSeconds(10)).until(() -> agent.credit > 0);
      }
    } finally {
      run("umount", small.toString());
    }
    assertPoints();
  }

  @Test
  void staysSmall_whenUploadsAreSlow() throws Exception {
    site.log.faults(
        new MemoryBlobStore.Faults() {
          @Override
          public void before(String call, String name) {
            if (call.equals("create") && name.contains("/segment/")) {
              java.util.concurrent.locks.LockSupport.parkNanos(200_000_000);
            }
          }
        });
    try (ProcessServer server = site.server("cache");
        AgentDouble agent = new AgentDouble(server.port(), site.identity())) {
      agent.greet(log);
      log.state(true);
      log.base();
      for (int i = 0; i < 200; i++) {
        log.data(20, 16 << 10);
      }
      log.mark();
      agent.sendFrom(log, 0);
      double most = 0;
      while (agent.ack.uploaded() < log.sequence) {
        most = Math.max(most, metric(server, "received_waiting_bytes"));
      }
      // This agent does not keep to its credit of 4 MiB: it is read from up to twice of it. Half of
      // what it sends shrinks to a quarter, so a frame with its decoded body is 2.6 times the
      // frame.
      assertThat(most).isLessThan(6 * (4 << 20));
      assertThat(metric(server, "segments_total")).isGreaterThan(1);
    }
    assertPoints();
  }

  @Test
  void settlesALostAnswer() throws Exception {
    int[] calls = {0};
    site.log.faults(
        new MemoryBlobStore.Faults() {
          @Override
          public void after(String call, String name) throws IOException {
            if (call.equals("create") && name.contains("/segment/") && calls[0]++ % 2 == 0) {
              throw new BlobException(BlobException.Reason.UNREACHABLE, "answer lost");
            }
          }
        });
    try (ProcessServer server = site.server("cache");
        AgentDouble agent = new AgentDouble(server.port(), site.identity())) {
      agent.greet(log);
      log.state(true);
      log.base();
      for (int i = 0; i < 5; i++) {
        log.data(20, 16 << 10);
        log.mark();
        agent.sendFrom(log, agent.ack.durable());
        await().atMost(Duration.ofSeconds(20)).until(() -> agent.ack.uploaded() == log.sequence);
      }
    }
    assertThat(calls[0]).isGreaterThan(2);
    assertPoints();
  }

  private List<Path> cacheFiles() throws IOException {
    try (var files = Files.walk(folder.resolve("cache"))) {
      return files.filter(file -> file.toString().endsWith(".cache")).toList();
    }
  }

  @Test
  void triesAgain_whenTheBlobClientThrowsWhatNobodyForesaw() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    site.log.faults(
        new MemoryBlobStore.Faults() {
          @Override
          public void before(String call, String name) throws IOException {
            if (call.equals("create") && name.contains("/segment/")) {
              if (calls.getAndIncrement() == 0) {
                throw new IllegalStateException("of the test");
              }
              away().before(call, name);
            }
          }
        });
    try (ProcessServer server = site.server("cache");
        AgentDouble agent = new AgentDouble(server.port(), site.identity())) {
      agent.greet(log);
      log.state(true);
      log.base();
      log.mark();
      agent.sendFrom(log, 0);
      await()
          .atMost(Duration.ofSeconds(40))
          .until(() -> agent.ack.durable() == log.sequence && calls.get() > 2);
      assertThat(cacheFiles()).isNotEmpty();
      site.log.faults(new MemoryBlobStore.Faults() {});
      await().atMost(Duration.ofSeconds(40)).until(() -> agent.ack.uploaded() == log.sequence);
      assertThat(agent.refused).isEmpty();
      assertThat(agent.welcomes).as("nothing was asked for again").hasValue(1);
    }
    assertPoints();
  }

  /** More than an uploader reads ahead while nothing comes into the vault. */
  private void fillCache() throws Exception {
    site.log.faults(away());
    log.state(true);
    log.base();
    for (int i = 0; i < 18; i++) {
      for (int j = 0; j < 5; j++) {
        log.data(20, 16 << 10);
      }
      log.mark();
    }
    try (ProcessServer server = site.server("cache");
        AgentDouble agent = new AgentDouble(server.port(), site.identity())) {
      agent.greet(log);
      agent.sendFrom(log, 0);
      await().atMost(Duration.ofSeconds(60)).until(() -> agent.ack.durable() == log.sequence);
    }
  }

  private static void spoilTheEnd(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer last = ByteBuffer.allocate(1);
      channel.read(last, channel.size() - 1);
      last.put(0, (byte) ~last.get(0)).flip();
      channel.write(last, channel.size() - 1);
    }
  }

  private long lastInVault() throws IOException {
    var segments = site.view().segments();
    return segments.isEmpty() ? 0 : segments.getLast().header().lastSequence();
  }

  @Test
  void uploadsWhatIsWhole_whenItsCacheIsDamagedAndNoAgentGreets() throws Exception {
    fillCache();
    try (ProcessServer server = site.server("cache")) {
      await().atMost(Duration.ofSeconds(20)).until(() -> metric(server, "machines") == 1);
      assertThat(cacheFiles()).hasSize(1);
      spoilTheEnd(cacheFiles().getFirst());
      site.log.faults(new MemoryBlobStore.Faults() {});
      await().atMost(Duration.ofSeconds(60)).until(() -> lastInVault() == log.sequence - 1);
      assertThat(metric(server, "cache_damaged_total")).isEqualTo(1);
      try (AgentDouble agent = new AgentDouble(server.port(), site.identity())) {
        assertThat(agent.greet(log).sequence()).isEqualTo(log.sequence - 1);
        agent.sendFrom(log, log.sequence - 1);
        await().atMost(Duration.ofSeconds(20)).until(() -> agent.ack.uploaded() == log.sequence);
      }
    }
    assertPoints();
  }

  @Test
  void givesNothingAway_toThoseWithoutARightCertificate() throws Exception {
    CertificateAuthority stranger =
        CertificateAuthority.create(
            Files.createDirectories(folder.resolve("stranger")), "x", Clock.systemUTC());
    try (ProcessServer server = site.server("cache")) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
        byte[] noise = new byte[4096];
        new Random(1).nextBytes(noise);
        socket.getOutputStream().write(noise);
        socket.setSoTimeout(5000);
        // At most a TLS alert of a few bytes.
        assertThat(socket.getInputStream().readAllBytes().length).isLessThan(16);
      }
      var strange =
          new dev.lifeboat.wire.identity.Identity(
              stranger.issueMachine(site.machine, Duration.ofDays(1)).key(),
              stranger.issueMachine(site.machine, Duration.ofDays(1)).chain(),
              site.identity().authorities());
      assertThatThrownBy(
              () -> {
                try (AgentDouble agent = new AgentDouble(server.port(), strange)) {
                  agent.greet(log);
                }
              })
          .isInstanceOfAny(Exception.class, AssertionError.class);
      var other = site.authority.issueMachine(UUID.randomUUID(), Duration.ofDays(1));
      try (AgentDouble agent = new AgentDouble(server.port(), other)) {
        agent.hello(log);
        await().until(() -> agent.refused.isPresent());
        assertThat(agent.refused.orElseThrow().reason()).isEqualTo(Refusal.WRONG_MACHINE);
      }
      // And it still serves.
      try (AgentDouble agent = new AgentDouble(server.port(), site.identity())) {
        agent.greet(log);
        log.state(true);
        log.data(5, 4096);
        agent.sendFrom(log, 0);
        await().until(() -> agent.ack.durable() == 2);
        // A frame before its turn in the protocol's own terms: broken, refused, and nothing else
        // is.
        agent.hello(log);
        await().until(() -> agent.refused.isPresent());
        assertThat(agent.refused.orElseThrow().reason()).isEqualTo(Refusal.MALFORMED);
      }
    }
  }

  @Test
  void showsNoPlaintext_inCacheAndVault() throws Exception {
    byte[] needle = NEEDLE.getBytes(StandardCharsets.US_ASCII);
    byte[] sector = java.util.Arrays.copyOf(needle, 4096);
    site.log.faults(away());
    try (ProcessServer server = site.server("cache");
        AgentDouble agent = new AgentDouble(server.port(), site.identity())) {
      agent.greet(log);
      log.state(true);
      for (int i = 0; i < 10; i++) {
        log.data(8192 * i, sector);
      }
      log.mark();
      agent.sendFrom(log, 0);
      await().until(() -> agent.ack.durable() == log.sequence);
      try (var files = Files.walk(folder.resolve("cache"))) {
        List<Path> all = files.filter(Files::isRegularFile).toList();
        assertThat(all).anyMatch(file -> file.toString().endsWith(".cache"));
        for (Path file : all) {
          assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
              .doesNotContain(NEEDLE);
        }
      }
      site.log.faults(new MemoryBlobStore.Faults() {});
      await().atMost(Duration.ofSeconds(20)).until(() -> agent.ack.uploaded() == log.sequence);
    }
    for (String name : site.log.names()) {
      assertThat(new String(site.log.content(name), StandardCharsets.ISO_8859_1))
          .doesNotContain(NEEDLE);
    }
  }
}
