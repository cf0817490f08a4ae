package dev.lifeboat.replicator.processserver.settings;

import dev.lifeboat.replicator.processserver.listener.ListenerLimits;
import dev.lifeboat.replicator.processserver.uploader.UploadBudget;
import dev.lifeboat.replicator.processserver.uploader.UploadPace;
import dev.lifeboat.vault.blob.AzureSettings;
import dev.lifeboat.wire.protocol.Pipelines;
import dev.lifeboat.wire.settings.Section;
import dev.lifeboat.wire.settings.SettingsException;
import dev.lifeboat.wire.settings.SettingsFile;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;

/** Reads the process server's configuration file. */
public final class SettingsReader {
  private static final Duration LEAST_PATIENCE = Duration.ofSeconds(30);
  private static final int METRICS_PORT = 9464;

  private SettingsReader() {}

  /** Reads and checks the file; throws one exception that lists all that is wrong. */
  public static ProcessServerSettings read(Path path) throws SettingsException {
    SettingsFile file = SettingsFile.open(path);
    Section top = file.top();
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
            AzureSettings.read(top.section("azure")),
            top.path("recoveryKeyFile"),
            memory(top.section("memory")),
            pace(top.section("upload")),
            limits(top.section("connections")),
            log.equals("json"));
    listen.end();
    metrics.end();
    cache.end();
    file.check();
    return settings;
  }

  private static InetSocketAddress address(Section section, int port) {
    return new InetSocketAddress(
        section.text("address", "127.0.0.1"), section.integer("port", port, 0, 65535));
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
