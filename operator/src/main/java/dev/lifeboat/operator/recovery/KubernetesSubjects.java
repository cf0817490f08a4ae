package dev.lifeboat.operator.recovery;

import dev.lifeboat.crds.ProtectedVM;
import dev.lifeboat.crds.RecoveryRun;
import dev.lifeboat.crds.RecoveryRunSpec.Action;
import dev.lifeboat.crds.ReplicationPolicy;
import dev.lifeboat.operator.agents.AgentRecord;
import dev.lifeboat.operator.agents.AgentReports;
import dev.lifeboat.operator.agents.SecretRecords;
import dev.lifeboat.operator.cloud.CloudException;
import dev.lifeboat.operator.cloud.Clouds;
import dev.lifeboat.operator.cloud.Replica;
import dev.lifeboat.operator.cloud.Replica.Purpose;
import dev.lifeboat.operator.cloud.Replicas;
import dev.lifeboat.operator.vaults.VaultMisconfiguredException;
import dev.lifeboat.operator.vaults.Vaults;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/** Finds machines by their objects. */
final class KubernetesSubjects implements Subjects {

  /** An agent reports every ten seconds. */
  private static final Duration ALIVE = Duration.ofSeconds(30);

  /** What machines are found with. */
  record Sources(
      KubernetesClient client,
      Vaults vaults,
      Clouds clouds,
      SecretRecords records,
      AgentReports reports) {}

  private final Sources sources;
  private final MachineClaims claims;
  private final Clock clock;

  KubernetesSubjects(Sources sources, MachineClaims claims, Clock clock) {
    this.sources = sources;
    this.claims = claims;
    this.clock = clock;
  }

  @Override
  public Found find(RecoveryRun run, String name) throws CloudException {
    String namespace = run.getMetadata().getNamespace();
    ProtectedVM machine =
        sources.client().resources(ProtectedVM.class).inNamespace(namespace).withName(name).get();
    if (machine == null) {
      return refused("MachineMissing", "there is no ProtectedVM " + name + " in this namespace");
    }
    if (machine.getStatus() == null || machine.getStatus().machineUid() == null) {
      return refused("NeverProtected", "the machine was never protected");
    }
    Optional<String> other =
        claims.claim(
            run,
            name,
            () ->
                sources
                    .client()
                    .resources(RecoveryRun.class)
                    .inNamespace(namespace)
                    .list()
                    .getItems());
    if (other.isPresent()) {
      return refused(
          "MachineBusy", "RecoveryRun " + other.get() + " works on the machine: wait for its end");
    }
    ReplicationPolicy policy =
        sources
            .client()
            .resources(ReplicationPolicy.class)
            .inNamespace(namespace)
            .withName(machine.getSpec().policy())
            .get();
    if (policy == null) {
      return refused(
          "PolicyMissing", "there is no ReplicationPolicy " + machine.getSpec().policy());
    }
    if (Replicas.subnet(machine, policy, purpose(run)).isEmpty()) {
      return refused(
          "NoTestSubnet",
          "set target.testSubnetId of the policy or the machine: a test is isolated");
    }
    try {
      UUID uid = UUID.fromString(machine.getStatus().machineUid());
      return new Found.Subject(
          new MemberSubject(
              machine,
              policy,
              uid,
              sources.vaults().open(policy),
              sources.clouds().open(policy),
              replica(run, machine, policy, uid)));
    } catch (VaultMisconfiguredException e) {
      return refused(e.reason(), e.getMessage());
    }
  }

  private static Found refused(String reason, String message) {
    return new Found.Refused(new Observed.Refusal(reason, message));
  }

  private static Purpose purpose(RecoveryRun run) {
    Action action = run.getSpec().action();
    return action == Action.TestFailover || action == Action.CleanupTestFailover
        ? Purpose.Test
        : Purpose.Failover;
  }

  private Replica replica(
      RecoveryRun run, ProtectedVM machine, ReplicationPolicy policy, UUID uid) {
    AgentRecord.Facts facts =
        sources
            .records()
            .of(machine.getMetadata().getName())
            .map(AgentRecord::facts)
            .orElse(new AgentRecord.Facts("", "", 0, 0));
    return Replicas.of(
        machine,
        policy,
        new Replicas.Source(uid, facts.cores(), facts.memoryMiB()),
        purpose(run),
        run.getMetadata().getUid());
  }

  @Override
  public boolean isAlive(MemberSubject subject) {
    return sources
        .reports()
        .of(subject.uid())
        .filter(heard -> heard.at().isAfter(clock.instant().minus(ALIVE)))
        .isPresent();
  }
}
