package dev.lifeboat.operator.policy;

import dev.lifeboat.crds.ReplicationPolicy;
import dev.lifeboat.crds.ReplicationPolicyStatus;
import dev.lifeboat.operator.status.Conditions;
import java.util.List;
import java.util.Optional;

/** What a policy's status says of what was seen. Pure. */
final class PolicyPlanner {

  static final List<String> TYPES = List.of("Ready", "VaultReady", "ServersReady");

  /**
   * What was seen.
   *
   * @param vault why the vault cannot be used; empty if it can
   * @param refused why the servers cannot be made what the policy asks for; empty if they can
   * @param ready servers that are
   * @param addresses of servers that have one
   */
  record Seen(
      Optional<Problem> vault,
      Optional<Problem> refused,
      int machines,
      int wanted,
      int ready,
      List<String> addresses) {
    Seen {
      addresses = List.copyOf(addresses);
    }
  }

  /** A reason and what to do. */
  record Problem(String reason, String message) {}

  private PolicyPlanner() {}

  static ReplicationPolicyStatus status(
      ReplicationPolicy policy, Seen seen, Conditions conditions) {
    vault(seen, conditions);
    servers(policy, seen, conditions);
    ready(seen, conditions);
    return new ReplicationPolicyStatus(
        policy.getMetadata().getGeneration(),
        seen.machines(),
        seen.ready() + "/" + seen.wanted(),
        seen.addresses(),
        conditions.list());
  }

  private static void vault(Seen seen, Conditions conditions) {
    seen.vault()
        .ifPresentOrElse(
            problem -> conditions.no("VaultReady", problem.reason(), problem.message()),
            () ->
                conditions.yes(
                    "VaultReady",
                    "Reached",
                    "checked: both containers answer to the credential, the recovery key is one"));
  }

  private static void servers(ReplicationPolicy policy, Seen seen, Conditions conditions) {
    if (seen.refused().isPresent()) {
      Problem problem = seen.refused().get();
      conditions.no("ServersReady", problem.reason(), problem.message());
    } else if (seen.vault().isPresent() && seen.ready() == 0) {
      conditions.no(
          "ServersReady", "VaultNotReady", "process servers are started when the vault is ready");
    } else if (seen.ready() < seen.wanted()) {
      conditions.no(
          "ServersReady",
          "ServersStarting",
          "not all process servers are ready; `kubectl get pods -l app.kubernetes.io/instance="
              + policy.getMetadata().getName()
              + "` says why");
    } else if (seen.addresses().size() < seen.wanted()) {
      conditions.no(
          "ServersReady",
          "NoAddress",
          "a Service has no address for agents yet: with LoadBalancer something in the cluster must"
              + " give one, else set serviceType: NodePort and advertisedHost");
    } else {
      conditions.yes("ServersReady", "Running", "every process server is ready and has an address");
    }
  }

  private static void ready(Seen seen, Conditions conditions) {
    Optional<Problem> problem = seen.vault().or(seen::refused);
    if (problem.isPresent()) {
      conditions.no("Ready", problem.get().reason(), problem.get().message());
    } else if (conditions.isTrue("ServersReady")) {
      conditions.yes("Ready", "Ready", "machines can be protected under this policy");
    } else {
      conditions.no("Ready", "ServersNotReady", "the process servers are not ready, see below");
    }
  }
}
