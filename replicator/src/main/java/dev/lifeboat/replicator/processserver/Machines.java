package dev.lifeboat.replicator.processserver;

import dev.lifeboat.replicator.processserver.cache.CacheVolume;
import dev.lifeboat.replicator.processserver.cache.MachineCache;
import dev.lifeboat.replicator.processserver.listener.MachineHost;
import dev.lifeboat.replicator.processserver.listener.RefusedException;
import dev.lifeboat.replicator.processserver.listener.ServedMachine;
import dev.lifeboat.replicator.processserver.log.MarkClock;
import dev.lifeboat.replicator.processserver.log.Recovered;
import dev.lifeboat.replicator.processserver.log.Tip;
import dev.lifeboat.replicator.processserver.uploader.UploadJob;
import dev.lifeboat.vault.head.Head;
import dev.lifeboat.vault.head.Ownership;
import dev.lifeboat.vault.head.Takeover;
import dev.lifeboat.vault.key.DataKey;
import dev.lifeboat.vault.segment.SegmentLog;
import dev.lifeboat.wire.protocol.Refusal;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The machines that this server owns. Opening one takes it over from whoever had it; that the agent
 * greeted is reason enough. Thread-safe; what may wait runs on virtual threads.
 */
final class Machines implements MachineHost, Machine.Owner {
  private static final Logger LOG = LoggerFactory.getLogger(Machines.class);
  private static final Duration REOPEN_AFTER = Duration.ofSeconds(5);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

  private final CacheVolume volume;
  private final VaultAccess vault;
  private final Machine.Shared shared;
  private final Map<UUID, Slot> slots = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** The place of a machine; whoever opens or closes it holds the lock. */
  private static final class Slot {
    final ReentrantLock lock = new ReentrantLock();
    volatile Optional<Machine> machine = Optional.empty();
  }

  Machines(CacheVolume volume, VaultAccess vault, Machine.Shared shared) {
    this.volume = volume;
    this.vault = vault;
    this.shared = shared;
  }

  @Override
  public CompletableFuture<ServedMachine> open(UUID machine) {
    CompletableFuture<ServedMachine> opened = new CompletableFuture<>();
    threads.execute(() -> {
      try {
        opened.complete(ready(machine));
      } catch (IOException e) {
        LOG.warn("machine {}: cannot be opened: {}", machine, e.getMessage());
        opened.completeExceptionally(
            new RefusedException(
                Refusal.FAULT, "the machine cannot be opened in the vault or the cache", e));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        opened.completeExceptionally(
            new RefusedException(Refusal.BUSY, "the process server is stopping", e));
      } catch (RuntimeException e) {
        opened.completeExceptionally(e);
      }
    });
    return opened;
  }

  /** Goes on with the machines whose cache holds frames, unless another server has them by now. */
  void resume() throws IOException {
    for (UUID machine : volume.machines()) {
      threads.execute(() -> resume(machine));
    }
  }

  /** False if it could not be found out: vault or cache cannot be had just now. */
  private boolean resume(UUID machine) {
    try {
      Head head = vault.heads().require(machine).head();
      if (head.owner().equals(volume.owner())) {
        ready(machine);
      } else {
        LOG.info(
            "machine {}: another process server owns it; its cache here is left until its agent comes",
            machine);
      }
    } catch (IOException e) {
      LOG.warn("machine {}: its cache waits until its agent comes: {}", machine, e.getMessage());
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return true;
  }

  /** What the cache holds must come into the vault even if no agent ever greets again. */
  @Override
  public void broken(UUID machine) {
    threads.execute(() -> reopen(machine));
  }

  private void reopen(UUID machine) {
    try {
      Duration pause = REOPEN_AFTER;
      Thread.sleep(pause);
      while (!resume(machine)) {
        pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : pause;
        Thread.sleep(pause);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Machine ready(UUID machine) throws IOException, InterruptedException {
    Slot slot = slots.computeIfAbsent(machine, any -> new Slot());
    slot.lock.lockInterruptibly();
    try {
      if (slot.machine.isPresent()) {
        Machine held = slot.machine.get();
        if (!held.isLost() && isOwned(machine, held)) {
          return held;
        }
        held.end();
        slot.machine = Optional.empty();
      }
      Machine made = take(machine);
      slot.machine = Optional.of(made);
      return made;
    } finally {
      slot.lock.unlock();
    }
  }

  /**
   * What the head says; if it cannot be asked, what was true before stands until an upload says
   * otherwise.
   */
  private boolean isOwned(UUID machine, Machine held) {
    try {
      Head head = vault.heads().require(machine).head();
      return head.owner().equals(volume.owner()) && head.epoch() == held.epoch();
    } catch (IOException e) {
      LOG.info("machine {}: the head cannot be read, going on: {}", machine, e.getMessage());
      return true;
    }
  }

  private Machine take(UUID machine) throws IOException {
    boolean ours = vault.heads().require(machine).head().owner().equals(volume.owner());
    DataKey dataKey = vault.dataKey(machine);
    Ownership ownership =
        new Takeover(vault.heads()).take(vault.segments(machine), volume.owner(), dataKey);
    if (!ours) {
      shared.metrics().tookOver();
    }
    int epoch = Math.toIntExact(ownership.epoch());
    MarkClock clock = new MarkClock();
    ownership
        .lastMark()
        .ifPresent(mark ->
            clock.recall(
                ownership.tip().lineage(),
                mark.body().bootId(),
                mark.body().bootNanos(),
                mark.time().toEpochMilli()));
    Recovered recovered = new Recovered(Tip.of(ownership.tip()), clock);
    MachineCache cache = MachineCache.recover(volume, machine, epoch, recovered::frame);
    if (recovered.hole().isPresent()) {
      LOG.error(
          "machine {}: its cache is of no use: {}; what is missing is read again",
          machine,
          recovered.hole().get());
      shared.metrics().cacheDamaged();
      cache.discard();
      recovered = new Recovered(Tip.of(ownership.tip()), clock);
      cache = MachineCache.empty(volume, machine, epoch);
    }
    LOG.info(
        "machine {}: open in epoch {}, durable {}, uploaded {}",
        machine,
        epoch,
        recovered.tip().sequence(),
        recovered.uploaded().sequence());
    SegmentLog segments = vault.segmentsOnce(machine);
    UploadJob job = new UploadJob(segments, ownership, dataKey, recovered.start());
    return new Machine(job, cache, recovered, clock, shared, this);
  }

  /** Notes in the head which lineage is written; the log does not depend on it. */
  @Override
  public void lineage(UUID machine, long epoch, UUID lineage) {
    threads.execute(() -> {
      try {
        if (!vault.heads().tellLineage(machine, epoch, volume.owner(), lineage)) {
          LOG.info("machine {}: the head has another owner by now", machine);
        }
      } catch (IOException e) {
        LOG.warn(
            "machine {}: the head does not name lineage {} yet: {}",
            machine,
            lineage,
            e.getMessage());
      }
    });
  }

  Collection<Machine> all() {
    return slots.values().stream().flatMap(slot -> slot.machine.stream()).toList();
  }

  /** Stops all machines, side by side. */
  void close(Duration patience) throws InterruptedException {
    List<Thread> closing =
        all().stream()
            .map(machine -> Thread.ofVirtual().start(() -> close(machine, patience)))
            .toList();
    for (Thread thread : closing) {
      thread.join();
    }
    threads.shutdownNow();
  }

  private static void close(Machine machine, Duration patience) {
    try {
      machine.close(patience);
    } catch (IOException e) {
      LOG.warn("a cache did not close: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
