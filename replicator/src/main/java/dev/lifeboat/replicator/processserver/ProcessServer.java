package dev.lifeboat.replicator.processserver;

import dev.lifeboat.replicator.processserver.cache.CacheSpace;
import dev.lifeboat.replicator.processserver.cache.CacheVolume;
import dev.lifeboat.replicator.processserver.listener.Listener;
import dev.lifeboat.replicator.processserver.log.ByteBudget;
import dev.lifeboat.replicator.processserver.metrics.ServerMetrics;
import dev.lifeboat.replicator.processserver.settings.ProcessServerSettings;
import dev.lifeboat.replicator.processserver.uploader.UploadBudget;
import dev.lifeboat.vault.blob.AzureBlobs;
import dev.lifeboat.vault.blob.AzureSettings;
import dev.lifeboat.vault.head.Denied;
import dev.lifeboat.vault.head.Heads;
import dev.lifeboat.vault.key.RecoveryKey;
import dev.lifeboat.wire.identity.Identity;
import dev.lifeboat.wire.identity.IdentityException;
import dev.lifeboat.wire.identity.TlsContexts;
import dev.lifeboat.wire.metrics.MetricsEndpoint;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running process server. Started by {@link #start}; {@link #close} stops reading, makes what was
 * taken durable, lets uploads under way arrive for a while and leaves the rest to the next start.
 */
public final class ProcessServer implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessServer.class);
  private static final long LOOK_SECONDS = 1;

  private final CacheVolume volume;
  private final Machines machines;
  private final Listener listener;
  private final MetricsEndpoint endpoint;
  private final ScheduledExecutorService ticker =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("ticker").daemon().factory());
  private final Thread denials;
  private final Duration stopWithin;
  private volatile boolean ready;

  private ProcessServer(ProcessServerSettings settings, CacheVolume volume, VaultAccess vault)
      throws IOException, IdentityException {
    this.volume = volume;
    stopWithin = settings.pace().stopWithin();
    Identity identity = Identity.load(settings.identity());
    identity.requireValid(Instant.now());
    ServerMetrics metrics = new ServerMetrics();
    CacheSpace space = new CacheSpace(volume);
    space.look();
    ByteBudget budget = new ByteBudget(settings.memory().receive());
    UploadBudget uploadBudget = new UploadBudget(settings.memory().upload());
    machines =
        new Machines(
            volume, vault, new Machine.Shared(budget, uploadBudget, settings.pace(), metrics));
    DenyList denied = new DenyList(vault.denied());
    denied.look();
    gauges(metrics, space, budget);
    endpoint =
        new MetricsEndpoint(settings.metrics(), metrics.registry(), () -> ready ? "" : "starting");
    try {
      listener =
          new Listener(
              settings.listen(),
              TlsContexts.server(identity),
              new Listener.Collaborators(
                  settings.limits(), machines, budget, space, metrics, denied));
    } catch (IOException | IdentityException | RuntimeException e) {
      endpoint.close();
      throw e;
    }
    var _ =
        ticker.scheduleWithFixedDelay(
            () -> look(space), LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
    denials = Thread.ofVirtual().name("denials").start(() -> readDenials(denied));
  }

  /**
   * Opens the cache, reaches for the vault's settings, listens, and goes on with what the cache
   * holds.
   */
  public static ProcessServer start(ProcessServerSettings settings)
      throws IOException, IdentityException {
    return start(settings, vault(settings));
  }

  /** As {@link #start(ProcessServerSettings)}, with a vault of the caller's. */
  static ProcessServer start(ProcessServerSettings settings, VaultAccess vault)
      throws IOException, IdentityException {
    CacheVolume volume =
        CacheVolume.open(settings.cacheDirectory(), settings.volumeKey(), settings.memory().kept());
    try {
      ProcessServer server = new ProcessServer(settings, volume, vault);
      server.machines.resume();
      server.ready = true;
      LOG.info("process server {} listens on port {}", volume.owner(), server.port());
      return server;
    } catch (IOException | IdentityException | RuntimeException e) {
      volume.close();
      throw e;
    }
  }

  private static VaultAccess vault(ProcessServerSettings settings) throws IOException {
    AzureSettings azure = settings.azure();
    AzureBlobs blobs = new AzureBlobs(azure.endpoint());
    return new VaultAccess(
        blobs.container(azure.logContainer(), azure.logCredential()),
        blobs.plainContainer(azure.logContainer(), azure.logCredential()),
        new Heads(blobs.container(azure.headContainer(), azure.headCredential())),
        new Denied(blobs.container(azure.headContainer(), azure.headCredential())),
        RecoveryKey.read(settings.recoveryKeyFile()));
  }

  private void gauges(ServerMetrics metrics, CacheSpace space, ByteBudget budget) {
    metrics.gauge("cache_free_bytes", "Bytes free on the cache volume", space::freeBytes);
    metrics.gauge(
        "cache_level",
        "0 normal, 1 warning, 2 critical, 3 throttled, 4 full",
        () -> space.level().rank());
    metrics.gauge(
        "received_waiting_bytes",
        "Bytes of frames in memory that are not durable yet",
        budget::used);
    metrics.gauge("machines", "Machines that this server owns", () -> machines.all().size());
    metrics.gauge(
        "machines_stuck",
        "Machines whose cache takes nothing",
        () -> machines.all().stream().filter(machine -> machine.log().isStuck()).count());
    metrics.gauge(
        "upload_lag_seconds",
        "Age of the oldest frame that was not uploaded, worst machine",
        this::lag);
  }

  private double lag() {
    Instant now = Instant.now();
    return machines.all().stream()
        .flatMap(machine -> machine.oldestWaiting().stream())
        .mapToDouble(oldest -> Math.max(0, Duration.between(oldest, now).toMillis() / 1000.0))
        .max()
        .orElse(0);
  }

  /** On a thread of its own: a vault that does not answer holds nothing else up. */
  private static void readDenials(DenyList denied) {
    try {
      while (true) {
        TimeUnit.SECONDS.sleep(DenyList.LOOK_SECONDS);
        denied.look();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look(CacheSpace space) {
    if (space.look()) {
      machines.all().forEach(Machine::progressed);
    }
  }

  /** The port that agents reach it on. */
  public int port() {
    return listener.port();
  }

  /** The port of metrics and health. */
  public int metricsPort() {
    return endpoint.port();
  }

  @Override
  public void close() throws IOException {
    ready = false;
    LOG.info("process server stops");
    listener.quiesce();
    try {
      machines.close(stopWithin);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    listener.close();
    ticker.shutdownNow();
    denials.interrupt();
    endpoint.close();
    volume.close();
    LOG.info("process server has stopped");
  }
}
