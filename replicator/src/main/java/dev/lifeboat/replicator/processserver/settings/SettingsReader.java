package dev.lifeboat.replicator.processserver.settings;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.lifeboat.replicator.processserver.listener.ListenerLimits;
import dev.lifeboat.replicator.processserver.uploader.UploadBudget;
import dev.lifeboat.replicator.processserver.uploader.UploadPace;
import dev.lifeboat.vault.blob.BlobCredential;
import dev.lifeboat.wire.protocol.Pipelines;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads the configuration file. Relative paths count from the file's directory. */
public final class SettingsReader {
  private static final long FILE_LIMIT = 1 << 20;
  private static final Duration LEAST_PATIENCE = Duration.ofSeconds(30);
  private static final int METRICS_PORT = 9464;

  private final List<String> problems = new ArrayList<>();

  private SettingsReader() {}

  /** Reads and checks the file; throws one exception that lists all that is wrong. */
  public static ProcessServerSettings read(Path file) throws SettingsException {
    return new SettingsReader().parse(file);
  }

  private ProcessServerSettings parse(Path file) throws SettingsException {
    JsonNode tree = tree(file);
    Path base = file.toAbsolutePath().getParent();
    Section top = new Section("", tree, base, problems);
    Section listen = top.section("listen");
    Section metrics = top.section("metrics");
    Section cache = top.section("cache");
    String log = top.text("log", "text");
    if (!log.equals("text") && !log.equals("json")) {
      top.problem("log", "must be text or json");
    }
    ProcessServerSettings settings =
        new ProcessServerSettings(
            address(listen, Pipelines.PORT),
            address(metrics, METRICS_PORT),
            top.path("identity"),
            cache.path("directory"),
            cache.path("volumeKey"),
            vault(top),
            memory(top.section("memory")),
            pace(top.section("upload")),
            limits(top.section("connections")),
            log.equals("json"));
    listen.end();
    metrics.end();
    cache.end();
    top.end();
    if (!problems.isEmpty()) {
      throw new SettingsException(file.toString(), problems);
    }
    return settings;
  }

  private static JsonNode tree(Path file) throws SettingsException {
    try {
      if (Files.size(file) > FILE_LIMIT) {
        throw new SettingsException(
            file.toString(), List.of("is larger than a configuration ever is"));
      }
      YAMLFactory yaml =
          YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
      return new YAMLMapper(yaml).readTree(Files.readString(file));
    } catch (JsonProcessingException e) {
      String where = e.getLocation() == null ? "" : " in line " + e.getLocation().getLineNr();
      throw new SettingsException(file.toString(), List.of("is not valid YAML" + where));
    } catch (IOException e) {
      throw new SettingsException(
          file.toString(), List.of("cannot be read: " + e.getClass().getSimpleName()));
    }
  }

  private static InetSocketAddress address(Section section, int port) {
    return new InetSocketAddress(
        section.text("address", "127.0.0.1"), section.integer("port", port, 0, 65535));
  }

  private static VaultSettings vault(Section top) {
    Section azure = top.section("azure");
    Section both = azure.section("credential");
    // A signature opens one container only, so the heads may have one of their own.
    boolean own = azure.has("headCredential");
    BlobCredential credential = credential(both);
    VaultSettings settings =
        new VaultSettings(
            endpoint(azure),
            azure.optionalPath("caFile"),
            azure.text("logContainer", "lifeboat-log"),
            credential,
            azure.text("headContainer", "lifeboat-head"),
            own ? credential(azure.section("headCredential")) : credential,
            top.path("recoveryKeyFile"));
    azure.end();
    return settings;
  }

  private static URI endpoint(Section azure) {
    String text = azure.required("endpoint");
    try {
      URI endpoint = new URI(text);
      boolean web = "https".equals(endpoint.getScheme()) || "http".equals(endpoint.getScheme());
      if (web && endpoint.getRawQuery() == null) {
        return endpoint;
      }
    } catch (URISyntaxException ignored) {
      // Said below, without the text: it may hold a signature.
    }
    if (!text.isEmpty()) {
      azure.problem(
          "endpoint", "must be the https:// address of a storage account, without a query");
    }
    return URI.create("https://missing.invalid");
  }

  private static BlobCredential credential(Section section) {
    String kind = section.text("kind", "environment");
    BlobCredential credential =
        switch (kind) {
          case "sas" -> new BlobCredential.SasFile(section.path("file"));
          case "token" -> new BlobCredential.TokenFile(section.path("file"));
          case "sharedKey" ->
              new BlobCredential.SharedKeyFile(section.required("account"), section.path("file"));
          default -> new BlobCredential.Environment();
        };
    if (!Set.of("sas", "token", "sharedKey", "environment").contains(kind)) {
      section.problem("kind", "must be sas, token, sharedKey or environment");
    }
    section.end();
    return credential;
  }

  private static MemorySettings memory(Section section) {
    long least = UploadBudget.LEAST_BYTES;
    MemorySettings memory =
        new MemorySettings(
            section.bytes("receive", 128L << 20, least, 1L << 40),
            section.bytes("upload", 256L << 20, least, 1L << 40));
    section.end();
    return memory;
  }

  private static UploadPace pace(Section section) {
    UploadPace standard = UploadPace.STANDARD;
    long least = section.bytes("leastSegment", standard.leastBytes(), 1 << 20, 64 << 20);
    long most = section.bytes("mostSegment", standard.mostBytes(), 1 << 20, 64 << 20);
    if (least > most) {
      section.problem("leastSegment", "must not be above mostSegment");
      least = most;
    }
    UploadPace pace =
        new UploadPace(
            least,
            most,
            section.time("pointDelay", standard.pointDelay(), Duration.ZERO),
            section.time("idleDelay", standard.idleDelay(), Duration.ofMillis(100)),
            section.time("stopWithin", standard.stopWithin(), Duration.ZERO));
    section.end();
    return pace;
  }

  private static ListenerLimits limits(Section section) {
    ListenerLimits standard = ListenerLimits.STANDARD;
    ListenerLimits limits =
        new ListenerLimits(
            section.integer("most", standard.connections(), 1, 100_000),
            section.time("patience", standard.patience(), LEAST_PATIENCE),
            section.time("pingEvery", standard.pingEvery(), Duration.ofMillis(100)),
            section.time("answerWithin", standard.answerWithin(), Duration.ofMillis(100)),
            section.time("silence", standard.silence(), Duration.ofSeconds(1)),
            section.bytes("credit", standard.credit(), 1 << 20, 1 << 30));
    section.end();
    return limits;
  }
}
