package dev.lifeboat.operator.protection;

import dev.lifeboat.crds.ProtectedVM;
import dev.lifeboat.crds.ProtectedVMStatus;
import dev.lifeboat.crds.RecoveryRun;
import dev.lifeboat.crds.ReplicationPolicy;
import dev.lifeboat.operator.agents.AgentRecord;
import dev.lifeboat.operator.agents.AgentReports;
import dev.lifeboat.operator.agents.Enrolments;
import dev.lifeboat.operator.agents.SecretRecords;
import dev.lifeboat.operator.cloud.Readiness;
import dev.lifeboat.operator.cloud.Replica;
import dev.lifeboat.operator.cloud.Replicas;
import dev.lifeboat.operator.status.Conditions;
import dev.lifeboat.operator.status.Events;
import dev.lifeboat.operator.status.StatusWriter;
import dev.lifeboat.operator.vaults.KeptDenials;
import dev.lifeboat.operator.vaults.MachineVault;
import dev.lifeboat.operator.vaults.VaultMisconfiguredException;
import dev.lifeboat.operator.vaults.VaultPoint;
import dev.lifeboat.operator.vaults.Vaults;
import dev.lifeboat.vault.head.Head;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Takes a machine into the vault, hands out its token, and tells how it stands. */
@ControllerConfiguration(finalizerName = "dr.lifeboat.dev/agent-denied")
public final class MachineReconciler implements Reconciler<ProtectedVM>, Cleaner<ProtectedVM> {

  private static final Duration LOOK = Duration.ofSeconds(10);

  /** What the operator has of agents. */
  public record Agents(
      Enrolments enrolments, SecretRecords records, AgentReports reports, KeptDenials denials) {}

  /** What is known of machines beside their objects: by the cloud, and for whoever scrapes. */
  public record Seen(ReadinessWatch readiness, MachineMetrics metrics) {}

  private final KubernetesClient client;
  private final Vaults vaults;
  private final Agents agents;
  private final DeletedAgents deleted;
  private final ReadinessWatch readiness;
  private final MachineMetrics metrics;
  private final Events events;
  private final Clock clock;
  private final SimpleInboundEventSource<ProtectedVM> nudges = new SimpleInboundEventSource<>();

  public MachineReconciler(
      KubernetesClient client,
      Vaults vaults,
      Agents agents,
      Seen seen,
      Events events,
      Clock clock) {
    this.client = client;
    this.vaults = vaults;
    this.agents = agents;
    this.deleted = new DeletedAgents(vaults, agents, events);
    this.readiness = seen.readiness();
    this.metrics = seen.metrics();
    this.events = events;
    this.clock = clock;
  }

  @Override
  public List<EventSource<?, ProtectedVM>> prepareEventSources(
      EventSourceContext<ProtectedVM> context) {
    return List.of(nudges);
  }

  /** Something was learned of this machine: look at it soon. */
  public void nudge(String namespace, String machine) {
    nudges.propagateEvent(new ResourceID(machine, namespace));
  }

  @Override
  public UpdateControl<ProtectedVM> reconcile(ProtectedVM machine, Context<ProtectedVM> context) {
    ProtectedVMStatus was =
        machine.getStatus() == null ? ProtectedVMStatus.none() : machine.getStatus();
    Conditions conditions =
        new Conditions(
            was.conditions(),
            MachineConditions.TYPES,
            machine.getMetadata().getGeneration(),
            clock);
    if (was.machineUid() == null) {
      // The uid is kept before anything is made under it.
      var _ =
          StatusWriter.write(machine, minted(machine, was, conditions), ProtectedVM::new, context);
      return UpdateControl.<ProtectedVM>noUpdate().rescheduleAfter(Duration.ofMillis(200));
    }
    MachineFacts seen = look(machine, UUID.fromString(was.machineUid()));
    // Only now: a vault that does not answer is asked for a minute.
    Instant now = clock.instant();
    ProtectedVMStatus status = MachinePlanner.status(machine, was, seen, conditions, now);
    if (StatusWriter.write(machine, status, ProtectedVM::new, context)) {
      events.conditions(machine, conditions.changed());
    }
    metrics.seen(machine, status, seen.points(), now);
    return UpdateControl.<ProtectedVM>noUpdate().rescheduleAfter(LOOK);
  }

  private static ProtectedVMStatus minted(
      ProtectedVM machine, ProtectedVMStatus was, Conditions conditions) {
    String uid =
        machine.getSpec().machineUid() == null
            ? UUID.randomUUID().toString()
            : machine.getSpec().machineUid();
    return new ProtectedVMStatus(
        was.observedGeneration(),
        uid,
        ProtectedVMStatus.ProtectionState.EnablingProtection,
        ProtectedVMStatus.Health.Warning,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        conditions.list());
  }

  private MachineFacts look(ProtectedVM machine, UUID uid) {
    Optional<ReplicationPolicy> policy = policy(machine);
    if (policy.isEmpty()) {
      return blind(
          machine, uid, policy, new MachineFacts.Problem("PolicyMissing", policyMissing(machine)));
    }
    try {
      MachineVault vault = vaults.open(policy.get());
      Optional<Head> head = vault.head(uid);
      if (head.isEmpty()) {
        vault.createMachine(uid);
        head = vault.head(uid);
      }
      AgentRecord agent = agents.enrolments().ensure(machine, uid, vault::deny);
      List<VaultPoint> points = vault.points(uid);
      return new MachineFacts(
          Optional.empty(),
          Optional.of(agent),
          agents.reports().of(uid),
          agents.reports().since(),
          head,
          points,
          readiness(machine, policy.get(), uid, agent, points),
          RunsOfMachine.of(machine.getMetadata().getName(), uid, runs(machine)),
          policy.get().getSpec().rpoThresholdSeconds(),
          Replicas.subnet(machine, policy.get(), Replica.Purpose.Test).isPresent());
    } catch (VaultMisconfiguredException e) {
      return blind(machine, uid, policy, new MachineFacts.Problem(e.reason(), e.getMessage()));
    } catch (IOException e) {
      return blind(
          machine,
          uid,
          policy,
          new MachineFacts.Problem("VaultUnusable", String.valueOf(e.getMessage())));
    }
  }

  /** With the disks of the newest point; the purpose that counts is the failover. */
  private Optional<Readiness> readiness(
      ProtectedVM machine,
      ReplicationPolicy policy,
      UUID uid,
      AgentRecord agent,
      List<VaultPoint> points) {
    if (points.isEmpty()) {
      return Optional.empty();
    }
    Replicas.Source source =
        new Replicas.Source(uid, agent.facts().cores(), agent.facts().memoryMiB());
    return readiness.of(
        policy,
        Replicas.of(machine, policy, source, Replica.Purpose.Failover, ""),
        points.getLast().disks().size(),
        Replicas.subnet(machine, policy, Replica.Purpose.Test));
  }

  private MachineFacts blind(
      ProtectedVM machine,
      UUID uid,
      Optional<ReplicationPolicy> policy,
      MachineFacts.Problem problem) {
    return MachineFacts.unseen(
        problem,
        agents.records().of(machine.getMetadata().getName()),
        agents.reports().of(uid),
        agents.reports().since(),
        policy.map(p -> p.getSpec().rpoThresholdSeconds()).orElse(MachineFacts.NO_THRESHOLD));
  }

  static String policyMissing(ProtectedVM machine) {
    return "there is no ReplicationPolicy " + machine.getSpec().policy() + " in this namespace";
  }

  private Optional<ReplicationPolicy> policy(ProtectedVM machine) {
    return Optional.ofNullable(
        client
            .resources(ReplicationPolicy.class)
            .inNamespace(machine.getMetadata().getNamespace())
            .withName(machine.getSpec().policy())
            .get());
  }

  private List<RecoveryRun> runs(ProtectedVM machine) {
    return client
        .resources(RecoveryRun.class)
        .inNamespace(machine.getMetadata().getNamespace())
        .list()
        .getItems();
  }

  /** The agent is shut out, and a run comes to its end with the machine; the points stay. */
  @Override
  public DeleteControl cleanup(ProtectedVM machine, Context<ProtectedVM> context) {
    Optional<UUID> uid =
        Optional.ofNullable(machine.getStatus())
            .map(ProtectedVMStatus::machineUid)
            .map(UUID::fromString);
    try {
      deleted.shutOut(machine, policy(machine));
    } catch (IOException e) {
      events.tell(
          machine,
          false,
          "DenyListUnwritten",
          "the agent is not shut out of the process servers yet: " + e.getMessage());
      return DeleteControl.noFinalizerRemoval().rescheduleAfter(LOOK);
    }
    String name = machine.getMetadata().getName();
    Optional<RecoveryRun> unfinished =
        uid.flatMap(id -> RunsOfMachine.unfinished(name, id, runs(machine)));
    if (unfinished.isPresent()) {
      events.tell(
          machine,
          false,
          "RunUnfinished",
          "RecoveryRun %s works on the machine, which goes when that has ended: cancel it to be faster"
              .formatted(unfinished.get().getMetadata().getName()));
      return DeleteControl.noFinalizerRemoval().rescheduleAfter(LOOK);
    }
    if (uid.isPresent()
        && RunsOfMachine.of(name, uid.get(), runs(machine)).test() == MachineFacts.TestRun.Up) {
      events.tell(
          machine,
          false,
          "TestReplicaStays",
          "the replica of a test failover stays in Azure: to clean it up, make the ProtectedVM again"
              + " with machineUid "
              + uid.get());
    }
    metrics.forget(machine);
    uid.ifPresent(readiness::forget);
    return DeleteControl.defaultDelete();
  }
}
