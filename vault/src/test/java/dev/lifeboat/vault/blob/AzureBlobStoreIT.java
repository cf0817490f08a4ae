package dev.lifeboat.vault.blob;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lifeboat.vault.azurite.Azurite;
import dev.lifeboat.vault.azurite.FaultyProxy;
import dev.lifeboat.vault.azurite.FaultyProxy.Fault;
import dev.lifeboat.vault.blob.BlobStore.Creation;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The port on a real service, with the rights a process server has. */
class AzureBlobStoreIT {

  private static final Retry QUICK = new Retry(6, Duration.ofMillis(1), Duration.ofMillis(5));

  @TempDir private static Path folder;
  private static Azurite azurite;
  private static BlobStore log;

  @BeforeAll
  static void start() throws Exception {
    azurite = Azurite.start(folder);
    azurite.owner().createBlobContainer("log");
    log = store(azurite.endpoint(), "log", sas("crl", Duration.ofHours(1)));
  }

  @AfterAll
  static void stop() {
    azurite.close();
  }

  private static BlobCredential sas(String rights, Duration life) throws Exception {
    return new BlobCredential.SasFile(azurite.sasFile("log", rights, Instant.now().plus(life)));
  }

  private static BlobStore store(URI endpoint, String container, BlobCredential credential)
      throws Exception {
    BlobEndpoint to = BlobEndpoint.of(endpoint, Optional.of(azurite.caFile()));
    return new RetryingBlobStore(new AzureBlobs(to).plainContainer(container, credential), QUICK);
  }

  private static List<ByteBuffer> text(String text) {
    return List.of(ByteBuffer.wrap(text.getBytes(UTF_8)));
  }

  private static String read(BlobStore store, String name) throws Exception {
    return new String(store.read(name, 100).orElseThrow().content(), UTF_8);
  }

  @Test
  void createsOnceAndNeverOverwrites() throws Exception {
    List<ByteBuffer> two = List.of(ByteBuffer.wrap("he".getBytes(UTF_8)), text("llo").getFirst());
    assertThat(log.create("once", two)).isEqualTo(Creation.CREATED);
    assertThat(log.create("once", text("other"))).isEqualTo(Creation.EXISTS);
    assertThat(read(log, "once")).isEqualTo("hello");
    assertThat(log.readRange("once", 1, 3)).hasValue("ell".getBytes(UTF_8));
    assertThat(log.readRange("once", 3, 9)).hasValue("lo".getBytes(UTF_8));
    assertThat(log.readRange("once", 9, 9).map(b -> b.length)).hasValue(0);
    assertThat(log.readRange("none", 0, 1)).isEmpty();
    assertThat(log.read("none", 1)).isEmpty();
    List<BlobEntry> listed = new ArrayList<>();
    log.list("on", listed::add);
    assertThat(listed).singleElement().matches(e -> e.name().equals("once") && e.size() == 5);
    assertThat(listed.getFirst().created()).isAfter(Instant.now().minusSeconds(600));
  }

  @Test
  void refusesToReplaceOrDelete_whenTheSignatureIsCreateReadList() throws Exception {
    log.create("fixed", text("a"));
    String etag = log.read("fixed", 9).orElseThrow().etag();
    assertThatThrownBy(() -> log.replace("fixed", "b".getBytes(UTF_8), etag))
        .isInstanceOf(BlobException.class)
        .hasMessageContaining("lacks the right");
    var raw =
        new com.azure.storage.blob.BlobClientBuilder()
            .endpoint(azurite.endpoint() + "/log/fixed")
            .sasToken(
                Files.readString(azurite.sasFile("log", "crl", Instant.now().plusSeconds(600))))
            .httpClient(azurite.http())
            .serviceVersion(com.azure.storage.blob.BlobServiceVersion.V2025_11_05)
            .buildClient();
    assertThatThrownBy(raw::delete).hasMessageContaining("403");
    assertThat(read(log, "fixed")).isEqualTo("a");
  }

  @Test
  void replacesOnlyTheVersionThatWasRead() throws Exception {
    BlobStore all =
        store(azurite.endpoint(), "log", new BlobCredential.TokenFile(azurite.tokenFile()));
    all.create("head", text("1"));
    String first = all.read("head", 9).orElseThrow().etag();
    assertThat(all.replace("head", "2".getBytes(UTF_8), first)).isPresent();
    assertThat(all.replace("head", "3".getBytes(UTF_8), first)).isEmpty();
    assertThat(read(all, "head")).isEqualTo("2");
  }

  @Test
  void getsThroughFaults_andSettlesALostAnswer() throws Exception {
    try (FaultyProxy proxy = new FaultyProxy(azurite)) {
      BlobStore store = store(proxy.endpoint(), "log", sas("crl", Duration.ofHours(1)));
      for (Fault fault : List.of(Fault.TOO_MANY, Fault.INTERNAL, Fault.BUSY, Fault.CUT)) {
        AtomicInteger left = new AtomicInteger(3);
        proxy.plan((_, _) -> left.getAndDecrement() > 0 ? fault : Fault.NONE);
        assertThat(store.create("through-" + fault, text("x"))).isEqualTo(Creation.CREATED);
      }
      AtomicInteger left = new AtomicInteger(1);
      proxy.plan(
          (m, _) -> m.equals("PUT") && left.getAndDecrement() > 0 ? Fault.LOSE_ANSWER : Fault.NONE);
      assertThat(store.create("lost", text("x"))).isEqualTo(Creation.EXISTS);
      assertThat(read(log, "lost")).isEqualTo("x");
      proxy.plan((_, _) -> Fault.BUSY);
      assertThatThrownBy(() -> store.create("never", text("x")))
          .hasMessageContaining("the service answered 503");
      assertThat(proxy.faults()).isEqualTo(4 * 3 + 1 + 6);
    }
  }

  private static int freePort() throws Exception {
    try (ServerSocket free = new ServerSocket(0)) {
      return free.getLocalPort();
    }
  }

  @Test
  void saysInOneSentenceWhatIsWrong() throws Exception {
    BlobStore expired = store(azurite.endpoint(), "log", sas("crl", Duration.ofMinutes(-5)));
    assertThatThrownBy(() -> expired.read("x", 1))
        .hasMessageContaining("credential is wrong, expired or lacks the right");
    BlobStore none =
        store(azurite.endpoint(), "none", new BlobCredential.TokenFile(azurite.tokenFile()));
    assertThatThrownBy(() -> none.create("x", text("x")))
        .hasMessageContaining("the container does not exist");
    int port = freePort();
    BlobStore gone =
        store(URI.create("https://127.0.0.1:" + port + "/a"), "log", sas("r", Duration.ofHours(1)));
    assertThatThrownBy(() -> gone.read("x", 1)).hasMessageContaining("cannot be reached");
    BlobStore untrusted =
        new AzureBlobs(BlobEndpoint.of(azurite.endpoint(), Optional.empty()))
            .plainContainer("log", sas("r", Duration.ofHours(1)));
    assertThatThrownBy(() -> untrusted.read("x", 1)).hasMessageContaining("is not trusted here");
    Path notBase64 = folder.resolve("bad.key");
    Files.writeString(notBase64, "not base64 at all!");
    assertThatThrownBy(() ->
            store(
                azurite.endpoint(),
                "log",
                new BlobCredential.SharedKeyFile(Azurite.ACCOUNT, notBase64)))
        .hasMessageContaining("not base64")
        .hasMessageNotContaining("at all!");
    assertThatThrownBy(() ->
            store(
                URI.create("http://127.0.0.1:" + port + "/a"),
                "log",
                new BlobCredential.TokenFile(azurite.tokenFile())))
        .hasMessageContaining("only sent over https://");
    Path missing = folder.resolve("no.sas");
    assertThatThrownBy(() -> store(azurite.endpoint(), "log", new BlobCredential.SasFile(missing)))
        .hasMessageContaining("credential file")
        .hasMessageContaining("cannot be used");
  }

  @Test
  void takesARenewedCredential() throws Exception {
    Path file = azurite.sasFile("log", "crl", Instant.now().minusSeconds(300));
    BlobStore store = store(azurite.endpoint(), "log", new BlobCredential.SasFile(file));
    assertThatThrownBy(() -> store.read("once", 1)).isInstanceOf(BlobException.class);
    Path fresh = azurite.sasFile("log", "crl", Instant.now().plusSeconds(600));
    Files.writeString(file, Files.readString(fresh));
    Files.setLastModifiedTime(
        file, java.nio.file.attribute.FileTime.from(Instant.now().plusSeconds(5)));
    assertThat(store.read("not-there", 1)).isEmpty();
  }
}
