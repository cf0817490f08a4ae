package dev.lifeboat.operator.protection;

import dev.lifeboat.crds.ProtectedVM;
import dev.lifeboat.crds.ReplicationPolicy;
import dev.lifeboat.operator.agents.AgentRecord;
import dev.lifeboat.operator.status.Events;
import dev.lifeboat.operator.vaults.VaultMisconfiguredException;
import dev.lifeboat.operator.vaults.Vaults;
import java.io.IOException;
import java.util.Optional;
import java.util.stream.Collectors;

/** Shuts the agents of deleted machines out: of the operator, and of the process servers. */
final class DeletedAgents {

  private final Vaults vaults;
  private final MachineReconciler.Agents agents;
  private final Events events;

  DeletedAgents(Vaults vaults, MachineReconciler.Agents agents, Events events) {
    this.vaults = vaults;
    this.agents = agents;
    this.events = events;
  }

  /**
   * Shuts a machine's agent out. May be repeated.
   *
   * @throws IOException the vault cannot be reached: process servers let the agent in still
   */
  void shutOut(ProtectedVM machine, Optional<ReplicationPolicy> policy) throws IOException {
    // First: what is issued after the list was written would stand on none.
    Optional<AgentRecord> agent =
        agents.records().change(machine.getMetadata().getName(), AgentRecord::closed);
    if (agent.isPresent()) {
      deny(machine, policy, agent.get());
      agents.reports().forget(agent.get().machine());
    }
  }

  private void deny(ProtectedVM machine, Optional<ReplicationPolicy> policy, AgentRecord agent)
      throws IOException {
    if (policy.isEmpty()) {
      keep(machine, agent, MachineReconciler.policyMissing(machine));
      return;
    }
    try {
      vaults.open(policy.get()).deny(agent.serials());
    } catch (VaultMisconfiguredException e) {
      keep(machine, agent, e.getMessage());
    }
  }

  /** An object must not stay for a vault that may never be opened again. */
  private void keep(ProtectedVM machine, AgentRecord agent, String why) {
    if (agent.certificates().isEmpty()) {
      return;
    }
    agents
        .denials()
        .keep(
            machine.getMetadata().getUid(),
            agent.certificates().stream()
                .collect(
                    Collectors.toMap(
                        AgentRecord.Certificate::serial, AgentRecord.Certificate::ends)));
    events.tell(
        machine,
        false,
        "DenyListKept",
        "the agent is shut out of the process servers as soon as the vault can be opened again: "
            + why);
  }
}
