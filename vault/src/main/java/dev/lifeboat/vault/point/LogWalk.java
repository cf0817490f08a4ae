package dev.lifeboat.vault.point;

import dev.lifeboat.vault.key.DataKey;
import dev.lifeboat.vault.segment.DamagedBlobException;
import dev.lifeboat.vault.segment.SegmentHeader;
import dev.lifeboat.vault.segment.SegmentId;
import dev.lifeboat.vault.segment.SegmentLog;
import dev.lifeboat.vault.segment.SegmentReader;
import dev.lifeboat.vault.segment.Tip;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Walks a machine's log by epoch and number, from the first segment on. A number that is missing,
 * or a segment that is damaged or does not go on from the one before, costs every point behind it,
 * until a new lineage begins. A walk remembers what it read, for blobs of a log never change: the
 * next one reads only what is new. Thread-safe.
 */
public final class LogWalk {

  /** Looks closer at a segment; a DamagedBlobException costs it and what follows. */
  @FunctionalInterface
  public interface Check {
    void check(SegmentReader reader) throws IOException;
  }

  private static final int PARALLEL = 8;

  private final SegmentLog log;
  private final DataKey key;
  private final Check check;
  private final Map<SegmentLog.Entry, Read> known = new ConcurrentHashMap<>();

  public LogWalk(SegmentLog log, DataKey key, Check check) {
    this.log = log;
    this.key = key;
    this.check = check;
  }

  /** A walk that reads footers only. */
  public static LogView footers(SegmentLog log, DataKey key) throws IOException {
    return new LogWalk(log, key, _ -> {}).walk();
  }

  private sealed interface Read {
    record Whole(SegmentSummary summary) implements Read {}

    record Tombstone() implements Read {}

    record Damaged(DamagedBlobException why, List<SegmentSummary> known) implements Read {}
  }

  private record Reading(SegmentLog.Entry entry, Future<Read> result) {}

  /** Walks from the first segment on; reads none again that an earlier walk of this object did. */
  public LogView walk() throws IOException {
    List<SegmentLog.Entry> entries = log.list();
    known.keySet().retainAll(new HashSet<>(entries));
    LogHistory history = new LogHistory();
    Deque<Reading> ahead = new ArrayDeque<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(PARALLEL)) {
      try {
        for (SegmentLog.Entry entry : entries) {
          Read before = known.get(entry);
          ahead.add(
              new Reading(
                  entry,
                  before == null
                      ? pool.submit(() -> remembered(entry))
                      : CompletableFuture.completedFuture(before)));
          if (ahead.size() > 2 * PARALLEL) {
            take(history, ahead.remove());
          }
        }
        while (!ahead.isEmpty()) {
          take(history, ahead.remove());
        }
      } finally {
        pool.shutdownNow();
      }
    }
    long bytes = entries.stream().mapToLong(SegmentLog.Entry::size).sum();
    return history.view(entries.size(), bytes);
  }

  private static void take(LogHistory history, Reading reading) throws IOException {
    SegmentId id = reading.entry().id();
    switch (result(reading.result())) {
      case Read.Whole(var summary) -> history.segment(summary);
      case Read.Tombstone() -> history.tombstone(id);
      case Read.Damaged(var why, var known) -> history.damaged(id, why, known);
    }
  }

  private static Read result(Future<Read> future) throws IOException {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted");
      interrupted.initCause(e);
      throw interrupted;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  /** What is damaged is read again: it may be that only the reading went wrong. */
  private Read remembered(SegmentLog.Entry entry) throws IOException {
    Read read = read(entry);
    if (!(read instanceof Read.Damaged)) {
      known.put(entry, read);
    }
    return read;
  }

  private Read read(SegmentLog.Entry entry) throws IOException {
    SegmentSummary summary;
    SegmentReader reader;
    try {
      if (entry.isTombstone() && isTombstone(entry.id())) {
        return new Read.Tombstone();
      }
      reader = SegmentReader.open(log.store(), entry.id(), entry.size(), key);
      summary = SegmentSummary.of(reader, entry.size());
    } catch (DamagedBlobException e) {
      return new Read.Damaged(e, List.of());
    }
    try {
      check.check(reader);
    } catch (DamagedBlobException e) {
      return new Read.Damaged(e, List.of(summary));
    }
    return new Read.Whole(summary);
  }

  private boolean isTombstone(SegmentId id) throws IOException {
    return log.header(id).filter(SegmentHeader::isTombstone).isPresent();
  }

  /** Whether {@code next} goes on where {@code tip} ends. */
  static boolean follows(Tip tip, SegmentSummary next) {
    SegmentHeader header = next.header();
    return header.lineage().equals(tip.lineage())
        && header.firstSequence() == tip.sequence() + 1
        && header.firstPosition() == tip.position()
        && next.before().equals(tip.chain());
  }
}
