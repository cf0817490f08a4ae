package dev.lifeboat.operator.protection;

import dev.lifeboat.crds.ReplicationPolicy;
import java.time.Instant;
import java.util.Optional;

/** How far the process servers of a policy are. */
@FunctionalInterface
public interface ServerGauge {

  /**
   * Up to when every living process server has uploaded what it took; empty if none lives, for then
   * there is nothing to wait for.
   */
  Optional<Instant> uploadedUntil(ReplicationPolicy policy);
}
