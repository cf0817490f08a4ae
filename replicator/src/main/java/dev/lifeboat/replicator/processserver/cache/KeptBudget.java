package dev.lifeboat.replicator.processserver.cache;

import java.util.concurrent.atomic.AtomicLong;

/** Bytes of durable frames that all machines together may keep in memory. Thread-safe. */
final class KeptBudget {
  private final long limit;
  private final AtomicLong used = new AtomicLong();

  KeptBudget(long limit) {
    this.limit = limit;
  }

  boolean tryTake(long bytes) {
    if (used.addAndGet(bytes) <= limit) {
      return true;
    }
    used.addAndGet(-bytes);
    return false;
  }

  void give(long bytes) {
    used.addAndGet(-bytes);
  }

  long used() {
    return used.get();
  }
}
