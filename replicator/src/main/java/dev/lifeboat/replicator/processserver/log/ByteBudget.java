package dev.lifeboat.replicator.processserver.log;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Bytes of frames in memory over all machines. Nobody waits for it: above the high mark sessions
 * stop reading, and when the bytes have fallen below the low mark they are told. Thread-safe.
 */
public final class ByteBudget {
  private final long high;
  private final long low;
  private long used;
  private final Set<Runnable> waiting = new LinkedHashSet<>();

  public ByteBudget(long high) {
    this.high = high;
    this.low = high / 2;
  }

  /** Bytes that stop the reading. */
  public long limit() {
    return high;
  }

  public synchronized long used() {
    return used;
  }

  void take(long bytes) {
    synchronized (this) {
      used += bytes;
    }
  }

  void give(long bytes) {
    List<Runnable> relieved = List.of();
    synchronized (this) {
      used -= bytes;
      if (used <= low && !waiting.isEmpty()) {
        relieved = List.copyOf(waiting);
        waiting.clear();
      }
    }
    relieved.forEach(Runnable::run);
  }

  /**
   * False if there is room; else true, and the caller is told once when there is again, however
   * often it asked with the same {@code relief}.
   */
  public synchronized boolean exhausted(Runnable relief) {
    if (used < high) {
      return false;
    }
    waiting.add(relief);
    return true;
  }

  /** Whoever asked does not want to be told any more. */
  public synchronized void forget(Runnable relief) {
    waiting.remove(relief);
  }
}
