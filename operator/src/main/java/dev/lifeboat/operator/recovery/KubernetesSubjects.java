package dev.lifeboat.operator.recovery;

import dev.lifeboat.crds.ProtectedVM;
import dev.lifeboat.crds.RecoveryRun;
import dev.lifeboat.crds.RecoveryRunSpec.Action;
import dev.lifeboat.crds.RecoveryRunStatus.Member;
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
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Finds machines by their objects. */
final class KubernetesSubjects implements Subjects {

  /** An agent reports every ten seconds. */
  private static final Duration ALIVE = Duration.ofSeconds(30);

  /** A new operator is found by every agent that lives within this. */
  private static final Duration FOUND_WITHIN = Duration.ofSeconds(60);

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
  public Found find(RecoveryRun run, Member member) throws CloudException {
    String namespace = run.getMetadata().getNamespace();
    ProtectedVM machine =
        sources
            .client()
            .resources(ProtectedVM.class)
            .inNamespace(namespace)
            .withName(member.name())
            .get();
    if (machine == null) {
      return refused(
          "MachineMissing", "there is no ProtectedVM " + member.name() + " in this namespace");
    }
    Optional<Found> claimed = machine(run, member, machine);
    if (claimed.isPresent()) {
      return claimed.get();
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
    Optional<Found> elsewhere = place(run, member, machine, policy);
    return elsewhere.isPresent() ? elsewhere.get() : subject(run, member, machine, policy);
  }

  /** Why the run may not have the machine; from here on it has it otherwise. */
  private Optional<Found> machine(RecoveryRun run, Member member, ProtectedVM machine) {
    if (machine.getStatus() == null || machine.getStatus().machineUid() == null) {
      return Optional.of(refused("NeverProtected", "the machine was never protected"));
    }
    if (member.machineUid() != null
        && !member.machineUid().equals(machine.getStatus().machineUid())) {
      return Optional.of(
          refused(
              "MachineReplaced",
              "the ProtectedVM is another machine than when the run began: make it anew with"
                  + " machineUid "
                  + member.machineUid()));
    }
    return claims
        .claim(run, member.name(), () -> runs(run.getMetadata().getNamespace()))
        .map(other ->
            refused(
                "MachineBusy", "RecoveryRun " + other + " works on the machine: wait for its end"));
  }

  private List<RecoveryRun> runs(String namespace) {
    return sources.client().resources(RecoveryRun.class).inNamespace(namespace).list().getItems();
  }

  /** Why it cannot come up, or be looked for, where the objects say. */
  private static Optional<Found> place(
      RecoveryRun run, Member member, ProtectedVM machine, ReplicationPolicy policy) {
    String group = Replicas.place(policy).id();
    if (member.resourceGroup() != null && !member.resourceGroup().equalsIgnoreCase(group)) {
      return Optional.of(
          refused(
              "TargetChanged",
              "it came up in "
                  + member.resourceGroup()
                  + ", and the policy says "
                  + group
                  + " since: set it back until that is gone or committed"));
    }
    if (Replicas.subnet(machine, policy, purpose(run)).isEmpty()) {
      return Optional.of(
          refused(
              "NoTestSubnet",
              "set target.testSubnetId of the policy or the machine, to another subnet than that"
                  + " of a failover: a test is isolated"));
    }
    return Optional.empty();
  }

  private Found subject(
      RecoveryRun run, Member member, ProtectedVM machine, ReplicationPolicy policy)
      throws CloudException {
    Replica replica = replica(run, member, machine, policy);
    if (member.point() == null && !claims.claimName(replica)) {
      return refused(
          "NameTaken",
          "a run makes VM "
              + replica.vmName()
              + " for another machine: give one of them another target.vmName");
    }
    try {
      return new Found.Subject(
          new MemberSubject(
              machine,
              policy,
              replica.machine(),
              sources.vaults().open(policy),
              sources.clouds().open(policy),
              replica));
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

  /** Under the name that was written down, whatever the objects say since. */
  private Replica replica(
      RecoveryRun run, Member member, ProtectedVM machine, ReplicationPolicy policy) {
    AgentRecord.Facts facts =
        sources
            .records()
            .of(machine.getMetadata().getName())
            .map(AgentRecord::facts)
            .orElse(new AgentRecord.Facts("", "", 0, 0));
    Replica replica =
        Replicas.of(
            machine,
            policy,
            new Replicas.Source(
                UUID.fromString(machine.getStatus().machineUid()),
                facts.cores(),
                facts.memoryMiB()),
            purpose(run),
            run.getMetadata().getUid());
    return member.vmName() == null ? replica : replica.named(member.vmName());
  }

  @Override
  public Observed.Source source(MemberSubject subject) {
    Instant now = clock.instant();
    return sources
        .reports()
        .of(subject.uid())
        .map(heard ->
            heard.at().isAfter(now.minus(ALIVE)) ? Observed.Source.Alive : Observed.Source.Silent)
        .orElseGet(() ->
            sources.reports().since().isAfter(now.minus(FOUND_WITHIN))
                ? Observed.Source.NotHeardYet
                : Observed.Source.Silent);
  }
}
