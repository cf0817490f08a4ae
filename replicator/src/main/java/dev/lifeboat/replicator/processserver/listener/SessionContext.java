package dev.lifeboat.replicator.processserver.listener;

import dev.lifeboat.replicator.processserver.cache.CacheSpace;
import dev.lifeboat.replicator.processserver.log.ByteBudget;
import dev.lifeboat.replicator.processserver.metrics.ServerMetrics;
import java.time.Clock;
import java.util.function.Predicate;

/**
 * What all sessions of a listener share.
 *
 * @param denied whether the certificate of a serial is revoked
 */
record SessionContext(
    ListenerLimits limits,
    MachineHost host,
    LiveSessions live,
    CreditPolicy credit,
    ByteBudget budget,
    ServerMetrics metrics,
    Predicate<String> denied,
    Clock clock) {
  static SessionContext of(
      ListenerLimits limits,
      MachineHost host,
      ByteBudget budget,
      CacheSpace space,
      ServerMetrics metrics,
      Predicate<String> denied) {
    LiveSessions live = new LiveSessions();
    CreditPolicy credit = new CreditPolicy(limits.credit(), budget, space, live::size);
    return new SessionContext(
        limits, host, live, credit, budget, metrics, denied, Clock.systemUTC());
  }
}
