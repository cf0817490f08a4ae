package dev.lifeboat.operator.cloud;

import dev.lifeboat.crds.ReplicationPolicy;

/** Opens the clouds that policies speak of. Thread-safe. */
public interface Clouds {

  Cloud open(ReplicationPolicy policy) throws CloudException;
}
