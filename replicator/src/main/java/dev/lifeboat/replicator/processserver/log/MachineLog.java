package dev.lifeboat.replicator.processserver.log;

import dev.lifeboat.replicator.processserver.cache.CacheEntry;
import dev.lifeboat.replicator.processserver.cache.MachineCache;
import dev.lifeboat.wire.frame.Frame;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One machine's log: takes frames from one session at a time, writes them to the cache in groups
 * with one sync for each, and only then counts them durable. Thread-safe; nothing but {@link
 * #close} waits. A virtual thread of its own writes; closed by whoever opened it, before the cache.
 */
public final class MachineLog {
  private static final Logger LOG = LoggerFactory.getLogger(MachineLog.class);
  private static final long BATCH_BYTES = 8L << 20;
  private static final long RETRY_MILLIS = 500;

  private final UUID machine;
  private final MachineCache cache;
  private final ByteBudget budget;
  private final LogEvents events;
  private final Thread writer;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Deque<CacheEntry> queue = new ArrayDeque<>();
  private final RecentFrames recent;
  private final List<CompletableFuture<Tip>> attaching = new ArrayList<>();
  private Optional<Attachment> session = Optional.empty();
  private Tip accepted;
  private Tip durable;
  private Tip uploaded;
  private long waitingBytes;
  private boolean writing;
  private boolean stuck;
  private boolean closed;

  /** A log that goes on where it was found to end. */
  public MachineLog(
      UUID machine, MachineCache cache, Recovered recovered, ByteBudget budget, LogEvents events) {
    this.machine = machine;
    this.cache = cache;
    this.budget = budget;
    this.events = events;
    this.recent = recovered.recent();
    accepted = recovered.tip();
    durable = recovered.tip();
    uploaded = recovered.uploaded();
    writer = Thread.ofVirtual().name("cache-" + machine).start(this::writeLoop);
  }

  /**
   * Hands the log to a new session; the one before is cut off. Frames that were not durable are
   * dropped: the new session sends them again.
   *
   * @param tip completed with the place to go on from as soon as no write is under way
   */
  public Attachment attach(MarkClock clock, CompletableFuture<Tip> tip) {
    Attachment made = new Attachment(this, clock);
    lock.lock();
    try {
      session = Optional.of(made);
      if (!writing) {
        dropWaiting();
        tip.complete(durable);
      } else {
        attaching.add(tip);
      }
    } finally {
      lock.unlock();
    }
    return made;
  }

  void detach(Attachment attachment) {
    lock.lock();
    try {
      if (session.equals(Optional.of(attachment))) {
        session = Optional.empty();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Where a frame stands; empty if the session does not own the log any more. */
  Optional<Placement> place(Attachment by, Frame frame) {
    lock.lock();
    try {
      if (closed || !session.equals(Optional.of(by))) {
        return Optional.empty();
      }
      return Optional.of(Placement.of(accepted, recent, frame.header()));
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes a frame that was found to be the next one; false if the session was cut off meanwhile.
   */
  boolean enqueue(Attachment by, CacheEntry entry) {
    lock.lock();
    try {
      if (closed || !session.equals(Optional.of(by))) {
        return false;
      }
      accepted = accepted.behind(entry.frame().header());
      recent.add(entry.frame().header());
      queue.addLast(entry);
      waitingBytes += entry.frame().length();
      budget.take(entry.memory());
      work.signal();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Where frames go on that are not on their way yet. */
  Tip accepted() {
    return locked(() -> accepted);
  }

  /** Up to here the log is on the disk. */
  public Tip durable() {
    return locked(() -> durable);
  }

  /** Up to here the log is in the vault; of the durable log's lineage or an older one. */
  public Tip uploaded() {
    return locked(() -> uploaded);
  }

  /** How far a lineage is in the vault: 0 as long as the vault's log ends with another one. */
  public long uploadedSequence(UUID lineage) {
    return locked(() -> uploaded.lineage().equals(lineage) ? uploaded.sequence() : 0L);
  }

  /** Bytes of frames that are not durable yet. */
  public long waitingBytes() {
    return locked(() -> waitingBytes);
  }

  /** Whether the cache disk refuses to take frames. */
  public boolean isStuck() {
    return locked(() -> stuck);
  }

  /** The vault holds the log up to here. */
  public void markUploaded(Tip tip) {
    lock.lock();
    try {
      uploaded = tip;
    } finally {
      lock.unlock();
    }
    events.progressed();
  }

  private <T> T locked(java.util.function.Supplier<T> read) {
    lock.lock();
    try {
      return read.get();
    } finally {
      lock.unlock();
    }
  }

  private void writeLoop() {
    try {
      for (List<CacheEntry> batch = nextBatch(); !batch.isEmpty(); batch = nextBatch()) {
        write(batch);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.error("machine {}: the writer of the cache has failed", machine, e);
      events.failed("the cache cannot be written: " + e.getClass().getSimpleName());
    }
  }

  /** What to write next; empty when the log is closed and all is written. */
  private List<CacheEntry> nextBatch() throws InterruptedException {
    lock.lock();
    try {
      while (queue.isEmpty() && !closed) {
        work.await();
      }
      List<CacheEntry> batch = new ArrayList<>();
      long bytes = 0;
      while (!queue.isEmpty() && bytes < BATCH_BYTES) {
        bytes += queue.peekFirst().frame().length();
        batch.add(queue.removeFirst());
      }
      writing = !batch.isEmpty();
      return batch;
    } finally {
      lock.unlock();
    }
  }

  private void write(List<CacheEntry> batch) throws InterruptedException {
    try {
      cache.append(batch);
    } catch (IOException e) {
      if (!isStuck()) {
        LOG.warn(
            "machine {}: the cache takes nothing ({}); waiting for space", machine, e.getMessage());
      }
      failed(batch);
      return;
    }
    if (isStuck()) {
      LOG.info("machine {}: the cache takes frames again", machine);
    }
    written(batch);
  }

  private void written(List<CacheEntry> batch) {
    long bytes = bytes(batch);
    lock.lock();
    try {
      for (CacheEntry entry : batch) {
        durable = durable.behind(entry.frame().header());
      }
      waitingBytes -= bytes;
      stuck = false;
      writing = false;
      completeAttaching();
    } finally {
      lock.unlock();
    }
    budget.give(memory(batch));
    events.durable(bytes);
    events.progressed();
  }

  private void failed(List<CacheEntry> batch) throws InterruptedException {
    lock.lock();
    try {
      stuck = true;
      writing = false;
      for (CacheEntry entry : batch.reversed()) {
        queue.addFirst(entry);
      }
      completeAttaching();
    } finally {
      lock.unlock();
    }
    events.progressed();
    lock.lock();
    try {
      if (closed) {
        dropWaiting();
      } else {
        long left = TimeUnit.MILLISECONDS.toNanos(RETRY_MILLIS);
        while (left > 0 && !closed) {
          left = work.awaitNanos(left);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void completeAttaching() {
    if (!attaching.isEmpty()) {
      dropWaiting();
      attaching.forEach(tip -> tip.complete(durable));
      attaching.clear();
    }
  }

  /**
   * Forgets all that is not durable, as if it had never come: a lineage that began with it may
   * begin again, and nothing is left that the disk refuses.
   */
  private void dropWaiting() {
    waitingBytes -= bytes(queue);
    budget.give(memory(queue));
    queue.stream()
        .map(entry -> entry.frame().header().origin().lineage())
        .filter(lineage -> !lineage.equals(durable.lineage()))
        .forEach(recent::forget);
    queue.clear();
    stuck = false;
    accepted = durable;
    recent.forgetBehind(durable);
  }

  private static long bytes(Collection<CacheEntry> entries) {
    return entries.stream().mapToLong(entry -> entry.frame().length()).sum();
  }

  private static long memory(Collection<CacheEntry> entries) {
    return entries.stream().mapToLong(CacheEntry::memory).sum();
  }

  /**
   * Takes nothing more, writes what is waiting (unless the disk refuses it) and ends the writer.
   */
  public void close() throws InterruptedException {
    lock.lock();
    try {
      closed = true;
      session = Optional.empty();
      work.signalAll();
    } finally {
      lock.unlock();
    }
    writer.join();
  }
}
