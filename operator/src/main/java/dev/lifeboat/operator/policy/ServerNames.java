package dev.lifeboat.operator.policy;

import dev.lifeboat.crds.ReplicationPolicy;
import java.util.Map;

/** Names of what a policy's process servers are made of. */
public final class ServerNames {

  /** Port that agents stream to. */
  static final int STREAM_PORT = 9443;

  /** Port of metrics and health. */
  static final int METRICS_PORT = 9464;

  private ServerNames() {}

  static String set(ReplicationPolicy policy) {
    return policy.getMetadata().getName() + "-ps";
  }

  static String server(ReplicationPolicy policy, int ordinal) {
    return set(policy) + "-" + ordinal;
  }

  static String identity(ReplicationPolicy policy) {
    return set(policy) + "-identity";
  }

  static String volumeKey(ReplicationPolicy policy) {
    return set(policy) + "-volume-key";
  }

  /** Of the ConfigMap that servers and keepers read. */
  public static String configuration(ReplicationPolicy policy) {
    return policy.getMetadata().getName() + "-configuration";
  }

  /** What the servers' certificate names, and agents check: it leads nowhere in DNS. */
  public static String certified(ReplicationPolicy policy) {
    return policy.getMetadata().getName()
        + "."
        + policy.getMetadata().getNamespace()
        + ".process-server.lifeboat";
  }

  static Map<String, String> labels(ReplicationPolicy policy) {
    return Map.of(
        "app.kubernetes.io/name", "lifeboat-process-server",
        "app.kubernetes.io/instance", policy.getMetadata().getName(),
        "app.kubernetes.io/managed-by", "lifeboat");
  }
}
