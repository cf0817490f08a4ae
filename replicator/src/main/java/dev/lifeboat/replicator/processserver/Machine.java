package dev.lifeboat.replicator.processserver;

import dev.lifeboat.replicator.processserver.cache.MachineCache;
import dev.lifeboat.replicator.processserver.listener.ServedMachine;
import dev.lifeboat.replicator.processserver.listener.SessionObserver;
import dev.lifeboat.replicator.processserver.log.ByteBudget;
import dev.lifeboat.replicator.processserver.log.LogEvents;
import dev.lifeboat.replicator.processserver.log.MachineLog;
import dev.lifeboat.replicator.processserver.log.MarkClock;
import dev.lifeboat.replicator.processserver.log.Recovered;
import dev.lifeboat.replicator.processserver.log.Tip;
import dev.lifeboat.replicator.processserver.metrics.ServerMetrics;
import dev.lifeboat.replicator.processserver.uploader.MachineUploader;
import dev.lifeboat.replicator.processserver.uploader.UploadBudget;
import dev.lifeboat.replicator.processserver.uploader.UploadEvents;
import dev.lifeboat.replicator.processserver.uploader.UploadJob;
import dev.lifeboat.replicator.processserver.uploader.UploadPace;
import dev.lifeboat.wire.protocol.Refusal;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A machine that this server owns: its cache, its log and its uploader, tied together. Thread-safe.
 */
final class Machine implements ServedMachine, LogEvents, UploadEvents {
  private static final Logger LOG = LoggerFactory.getLogger(Machine.class);

  /** What all machines share. */
  record Shared(
      ByteBudget budget, UploadBudget uploadBudget, UploadPace pace, ServerMetrics metrics) {}

  /** Who opened the machine; all calls return at once. */
  interface Owner {
    /** This lineage of the machine is in the vault. */
    void lineage(UUID machine, long epoch, UUID lineage);

    /** A fault ended it here; it should be opened again. */
    void broken(UUID machine);
  }

  private final UUID id;
  private final UploadJob job;
  private final MachineCache cache;
  private final MarkClock clock;
  private final ServerMetrics metrics;
  private final MachineLog log;
  private volatile Optional<MachineUploader> uploader = Optional.empty();
  private volatile Optional<SessionObserver> session = Optional.empty();
  private final Owner owner;
  private UUID lineage = Tip.NONE.lineage();
  private volatile boolean lost;
  private volatile boolean fenced;

  Machine(
      UploadJob job,
      MachineCache cache,
      Recovered recovered,
      MarkClock clock,
      Shared shared,
      Owner owner) {
    this.owner = owner;
    this.id = job.segments().machine();
    this.job = job;
    this.cache = cache;
    this.clock = clock;
    this.metrics = shared.metrics();
    log = new MachineLog(id, cache, recovered, shared.budget(), this);
    uploader =
        Optional.of(
            new MachineUploader(
                job, cache, shared.pace(), shared.uploadBudget(), this, log::isStuck));
  }

  @Override
  public long epoch() {
    return job.ownership().epoch();
  }

  @Override
  public MachineLog log() {
    return log;
  }

  @Override
  public MarkClock clock() {
    return clock;
  }

  @Override
  public void observe(SessionObserver observer) {
    session = Optional.of(observer);
    if (lost) {
      observer.lost(Refusal.TAKEN_OVER, "the machine is not served here any more");
    }
  }

  /** Whether this ownership has ended, one way or the other. */
  boolean isLost() {
    return lost;
  }

  Optional<Instant> oldestWaiting() {
    return uploader.flatMap(MachineUploader::oldestWaiting);
  }

  @Override
  public void progressed() {
    uploader.ifPresent(MachineUploader::wake);
    session.ifPresent(SessionObserver::progressed);
  }

  @Override
  public void durable(long bytes) {
    metrics.durable(bytes);
  }

  @Override
  public void failed(String reason) {
    lose(Refusal.FAULT, reason);
    owner.broken(id);
  }

  @Override
  public void uploaded(Tip tip, long rawBytes, long blobBytes) {
    metrics.uploaded(rawBytes, blobBytes);
    log.markUploaded(tip);
    if (!tip.lineage().equals(lineage)) {
      lineage = tip.lineage();
      owner.lineage(id, epoch(), lineage);
    }
  }

  @Override
  public void coalesced(long bytes) {
    metrics.coalesced(bytes);
  }

  @Override
  public void callFailed() {
    metrics.uploadFailed();
  }

  @Override
  public void fenced() {
    LOG.warn("machine {}: another process server took it over; this one has stopped writing", id);
    metrics.fenced();
    fenced = true;
    lose(Refusal.TAKEN_OVER, "another process server has taken the machine over");
  }

  @Override
  public void damaged(String reason) {
    metrics.cacheDamaged();
    failed("the cache of this server is damaged: " + reason);
  }

  private void lose(Refusal refusal, String text) {
    lost = true;
    session.ifPresent(observer -> observer.lost(refusal, text));
  }

  /**
   * Writes what was taken, lets the upload under way arrive, and stops. The cache stays for the
   * next start.
   */
  void close(Duration patience) throws InterruptedException, IOException {
    log.close();
    session.ifPresent(SessionObserver::progressed);
    if (uploader.isPresent()) {
      uploader.get().close(patience);
    }
    cache.close();
  }

  /**
   * Stops for good. The cache stays: whoever opens the machine next verifies every record of it,
   * and drops what an epoch before its own has left. Only behind a fence it goes, for there the
   * vault went on without it, be it within this epoch.
   */
  void end() throws InterruptedException, IOException {
    lose(Refusal.TAKEN_OVER, "the machine is not served here any more");
    close(Duration.ZERO);
    if (fenced) {
      cache.discard();
    }
  }
}
