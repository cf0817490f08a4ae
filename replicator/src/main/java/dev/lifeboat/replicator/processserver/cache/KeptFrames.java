package dev.lifeboat.replicator.processserver.cache;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Durable frames of one machine that are still in memory, in log order: whoever reads right behind
 * the writer takes them from here, and neither reads, decrypts nor decompresses them. What found no
 * room is read from the disk. Thread-safe.
 */
final class KeptFrames {
  private record Kept(CachePlace begin, CachedFrame frame, long bytes) {}

  private final KeptBudget budget;
  private final Deque<Kept> frames = new ArrayDeque<>();

  KeptFrames(KeptBudget budget) {
    this.budget = budget;
  }

  /** Keeps a frame that is durable, if there is room for it. */
  synchronized void offer(CachePlace begin, CachePlace behind, CacheEntry entry) {
    long bytes = entry.memory();
    if (budget.tryTake(bytes)) {
      CachedFrame frame = new CachedFrame(entry.unixMillis(), entry.frame(), behind, entry.raw());
      frames.addLast(new Kept(begin, frame, bytes));
    }
  }

  /** The frame that begins at a place, if it was kept; those before it are forgotten. */
  synchronized Optional<CachedFrame> take(CachePlace at) {
    while (!frames.isEmpty() && frames.peekFirst().begin().isBefore(at)) {
      budget.give(frames.removeFirst().bytes());
    }
    if (frames.isEmpty() || !frames.peekFirst().begin().equals(at)) {
      return Optional.empty();
    }
    Kept kept = frames.removeFirst();
    budget.give(kept.bytes());
    return Optional.of(kept.frame());
  }

  synchronized void clear() {
    frames.forEach(kept -> budget.give(kept.bytes()));
    frames.clear();
  }
}
