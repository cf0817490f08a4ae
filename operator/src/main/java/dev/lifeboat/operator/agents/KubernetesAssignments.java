package dev.lifeboat.operator.agents;

import dev.lifeboat.crds.ProtectedVM;
import dev.lifeboat.crds.ReplicationPolicy;
import dev.lifeboat.operator.policy.ServerNames;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Assignments from the machine's policy: its servers, beginning at one that the machine's uid
 * picks.
 */
final class KubernetesAssignments implements Assignments {

  private final KubernetesClient client;
  private final String namespace;
  private final Consumer<String> changed;

  KubernetesAssignments(KubernetesClient client, String namespace, Consumer<String> changed) {
    this.client = client;
    this.namespace = namespace;
    this.changed = changed;
  }

  @Override
  public Optional<Assignment> of(AgentRecords.Named agent) {
    ProtectedVM machine = machine(agent.name());
    if (machine == null) {
      return Optional.empty();
    }
    ReplicationPolicy policy =
        client
            .resources(ReplicationPolicy.class)
            .inNamespace(namespace)
            .withName(machine.getSpec().policy())
            .get();
    if (policy == null || policy.getStatus() == null || policy.getStatus().addresses().isEmpty()) {
      return Optional.empty();
    }
    List<Assignment.Server> servers = new ArrayList<>();
    for (String address : policy.getStatus().addresses()) {
      int colon = address.lastIndexOf(':');
      servers.add(
          new Assignment.Server(
              address.substring(0, colon),
              Integer.parseInt(address.substring(colon + 1)),
              ServerNames.certified(policy)));
    }
    int first = Math.floorMod(agent.agent().machine().hashCode(), servers.size());
    Collections.rotate(servers, -first);
    return Optional.of(
        new Assignment(
            servers, policy.getSpec().crashConsistentIntervalSeconds(), agent.agent().disks()));
  }

  @Override
  public List<AgentRecord.Disk> wantedDisks(String name) {
    ProtectedVM machine = machine(name);
    return machine == null
        ? List.of()
        : machine.getSpec().disks().stream()
            .map(disk -> new AgentRecord.Disk(disk.id(), disk.device()))
            .toList();
  }

  private ProtectedVM machine(String name) {
    return client.resources(ProtectedVM.class).inNamespace(namespace).withName(name).get();
  }

  @Override
  public void changed(String name) {
    changed.accept(name);
  }
}
