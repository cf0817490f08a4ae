package dev.lifeboat.replicator.processserver.listener;

import dev.lifeboat.replicator.processserver.cache.CacheSpace;
import dev.lifeboat.replicator.processserver.log.ByteBudget;
import dev.lifeboat.replicator.processserver.log.MachineLog;
import java.util.function.IntSupplier;

/**
 * How many bytes an agent may have under way: its share of the memory, less as the cache volume
 * fills up. Thread-safe.
 */
final class CreditPolicy {
  private static final long LEAST = 256 * 1024;

  private final long most;
  private final ByteBudget budget;
  private final CacheSpace space;
  private final IntSupplier sessions;

  CreditPolicy(long most, ByteBudget budget, CacheSpace space, IntSupplier sessions) {
    this.most = most;
    this.budget = budget;
    this.space = space;
    this.sessions = sessions;
  }

  int creditFor(MachineLog log) {
    return log.isStuck() ? 0 : (int) share(space.level());
  }

  private long share(CacheSpace.Level level) {
    long share = Math.clamp(budget.limit() / Math.max(1, sessions.getAsInt()), LEAST, most);
    return switch (level) {
      case NORMAL, WARNING, CRITICAL -> share;
      case THROTTLED -> share / 2;
      case FULL -> 0;
    };
  }
}
