package dev.lifeboat.replicator.processserver.uploader;

import dev.lifeboat.replicator.processserver.cache.CacheFormatException;
import dev.lifeboat.replicator.processserver.cache.CachePlace;
import dev.lifeboat.replicator.processserver.cache.CacheReader;
import dev.lifeboat.replicator.processserver.cache.CachedFrame;
import dev.lifeboat.replicator.processserver.cache.MachineCache;
import dev.lifeboat.replicator.processserver.log.Tip;
import dev.lifeboat.wire.frame.CorruptFrameException;
import dev.lifeboat.wire.frame.Decompressor;
import dev.lifeboat.wire.frame.FrameHeader;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries one machine's log from the cache into the vault: reads behind the writer, builds one
 * segment while the one before is on its way, so numbers stay contiguous and {@code uploaded} is
 * always a prefix. Two virtual threads; closed by whoever made it, before the cache.
 */
public final class MachineUploader {
  private static final Logger LOG = LoggerFactory.getLogger(MachineUploader.class);
  private static final long LONGEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final UploadJob job;
  private final MachineCache cache;
  private final UploadPace pace;
  private final UploadBudget budget;
  private final UploadEvents events;
  private final BooleanSupplier roomIsNeeded;
  private final Assembly assembly;
  private final SegmentPutter putter;
  private final Complaint reading;
  private final Complaint releasing;
  private final ExecutorService puts;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition change = lock.newCondition();
  private boolean changed;
  private volatile boolean stopping;

  private Optional<Future<Boolean>> underWay = Optional.empty();
  private volatile long oldestMillis;

  /**
   * Starts at once.
   *
   * @param roomIsNeeded whether the cache disk is full: what was read goes at once then, for
   *     neither a mark nor more frames come before there is room
   */
  public MachineUploader(
      UploadJob job,
      MachineCache cache,
      UploadPace pace,
      UploadBudget budget,
      UploadEvents events,
      BooleanSupplier roomIsNeeded) {
    this.job = job;
    this.cache = cache;
    this.pace = pace;
    this.budget = budget;
    this.events = events;
    this.roomIsNeeded = roomIsNeeded;
    assembly = new Assembly(job, budget);
    putter = new SegmentPutter(job.segments(), events);
    reading = new Complaint("machine " + machine() + ": reading the cache");
    releasing = new Complaint("machine " + machine() + ": deleting what is in the vault");
    puts =
        Executors.newSingleThreadExecutor(
            Thread.ofVirtual().name("put-" + job.segments().machine()).factory());
    thread = Thread.ofVirtual().name("upload-" + job.segments().machine()).start(this::run);
  }

  /** Something became durable. */
  public void wake() {
    lock.lock();
    try {
      changed = true;
      change.signal();
    } finally {
      lock.unlock();
    }
  }

  /** When the oldest frame came that was read and is not in the vault; empty if there is none. */
  public Optional<Instant> oldestWaiting() {
    long millis = oldestMillis;
    return millis == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
  }

  /** Begins nothing new, lets the segment under way arrive for so long, then breaks off. */
  public void close(Duration patience) throws InterruptedException {
    stopping = true;
    wake();
    if (!thread.join(patience)) {
      LOG.info(
          "machine {}: an upload is broken off; it is done again after the next start", machine());
    }
    thread.interrupt();
    thread.join();
    puts.shutdownNow();
    puts.close();
  }

  private UUID machine() {
    return job.segments().machine();
  }

  private void run() {
    try (CacheReader reader = cache.reader(job.start());
        Decompressor decompressor = new Decompressor();
        assembly) {
      while (!stopping) {
        step(reader, decompressor);
      }
      settle();
    } catch (FencedException e) {
      events.fenced();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException e) {
      broken(e);
    }
  }

  /**
   * Says why it cannot go on. What is under way arrives first: whoever opens the machine again must
   * find it in the vault, not be overtaken by it.
   */
  private void broken(Exception e) {
    puts.close();
    if (stopping) {
      return;
    }
    String name = e.getClass().getSimpleName();
    if (e instanceof CacheFormatException || e instanceof CorruptFrameException) {
      LOG.error("machine {}: the cache does not give back what was written", machine(), e);
      events.damaged(name);
    } else {
      LOG.error("machine {}: the uploader has failed", machine(), e);
      events.failed("the uploader has failed: " + name);
    }
  }

  /**
   * The next frame. A file that cannot be read just now is no damaged one: it is asked for again,
   * like a frame that has not come yet, and what was read before goes its way.
   */
  private Optional<CachedFrame> read(CacheReader reader) throws CacheFormatException {
    try {
      Optional<CachedFrame> next = reader.next();
      reading.succeeded();
      return next;
    } catch (CacheFormatException e) {
      throw e;
    } catch (IOException e) {
      if (!stopping) {
        reading.failed(e);
      }
      return Optional.empty();
    }
  }

  private void step(CacheReader reader, Decompressor decompressor)
      throws IOException, InterruptedException, FencedException {
    Optional<CachedFrame> next = read(reader);
    if (next.isPresent()) {
      take(next.get(), decompressor);
    }
    if (assembly.rawBytes() >= pace.mostBytes() || assembly.isFull()) {
      settle();
    }
    boolean free = isFree();
    OptionalLong due = assembly.nanosUntilDue(System.nanoTime(), pace);
    boolean all = next.isEmpty() && roomIsNeeded.getAsBoolean();
    boolean isDue = due.isPresent() && (all || due.getAsLong() <= 0);
    if (free && (isDue || assembly.rawBytes() >= pace.leastBytes())) {
      if (!assembly.hasSegment()) {
        events.coalesced(assembly.closeWindow());
      }
      send();
    } else if (next.isEmpty()) {
      await(free ? due.orElse(LONGEST_WAIT_NANOS) : LONGEST_WAIT_NANOS);
    }
  }

  private void take(CachedFrame cached, Decompressor decompressor)
      throws IOException, InterruptedException, FencedException {
    FrameHeader header = cached.frame().header();
    byte[] raw = cached.raw().isPresent() ? cached.raw().get() : decompressor.raw(cached.frame());
    Instant time = Instant.ofEpochMilli(cached.unixMillis());
    Window.Item item = new Window.Item(cached.frame(), raw, time, cached.place());
    if (assembly.endsBefore(header)) {
      flush();
    }
    if (!assembly.reserve(item.memory())) {
      flush();
      settle();
      assembly.reserveWaiting(item.memory());
    }
    events.coalesced(assembly.add(item, System.nanoTime()));
    if (underWay.isEmpty()) {
      oldestMillis = assembly.oldestMillis();
    }
  }

  /** Sends all there is. */
  private void flush() throws IOException, InterruptedException, FencedException {
    events.coalesced(assembly.closeWindow());
    if (assembly.hasSegment()) {
      settle();
      send();
    }
  }

  private void send() {
    Assembly.Parcel parcel = assembly.seal();
    underWay = Optional.of(puts.submit(() -> deliver(parcel)));
  }

  /** Whether nothing is under way any more; also finds out that the machine was lost. */
  private boolean isFree() throws InterruptedException, FencedException {
    if (underWay.isPresent() && !underWay.get().isDone()) {
      return false;
    }
    settle();
    return true;
  }

  /** Waits for the segment under way. */
  private void settle() throws InterruptedException, FencedException {
    if (underWay.isEmpty()) {
      return;
    }
    try {
      if (!underWay.get().get()) {
        throw new FencedException();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof InterruptedException) {
        throw new InterruptedException("stopped while uploading");
      }
      throw new IllegalStateException("putting a segment failed", e.getCause());
    }
    underWay = Optional.empty();
    oldestMillis = assembly.oldestMillis();
  }

  private boolean deliver(Assembly.Parcel parcel) throws InterruptedException {
    try {
      if (!putter.put(parcel.segment())) {
        return false;
      }
      release(parcel.behind());
      events.uploaded(
          Tip.of(parcel.segment().behind()), parcel.rawBytes(), parcel.segment().size());
      return true;
    } finally {
      budget.give(parcel.heldBytes());
      wake();
    }
  }

  /** Gives room back. What cannot be deleted just now goes with what is released next. */
  private void release(CachePlace behind) {
    try {
      cache.release(behind);
      releasing.succeeded();
    } catch (IOException | RuntimeException e) {
      releasing.failed(e);
    }
  }

  private void await(long nanos) throws InterruptedException {
    lock.lock();
    try {
      long left = Math.min(nanos, LONGEST_WAIT_NANOS);
      while (!changed && !stopping && left > 0) {
        left = change.awaitNanos(left);
      }
      changed = false;
    } finally {
      lock.unlock();
    }
  }

  /** Another owner has the machine. */
  private static final class FencedException extends Exception {
    private static final long serialVersionUID = 1L;
  }
}
