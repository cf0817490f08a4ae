package dev.lifeboat.operator.protection;

import dev.lifeboat.crds.ProtectedVM;
import dev.lifeboat.crds.ProtectedVMStatus;
import dev.lifeboat.crds.ProtectedVMStatus.ActiveLocation;
import dev.lifeboat.crds.ProtectedVMStatus.AgentSummary;
import dev.lifeboat.crds.ProtectedVMStatus.Convergence;
import dev.lifeboat.crds.ProtectedVMStatus.EnrolmentSummary;
import dev.lifeboat.crds.ProtectedVMStatus.Health;
import dev.lifeboat.crds.ProtectedVMStatus.PointSummary;
import dev.lifeboat.crds.ProtectedVMStatus.ProtectionState;
import dev.lifeboat.crds.ProtectedVMStatus.TestState;
import dev.lifeboat.operator.agents.AgentRecord;
import dev.lifeboat.operator.agents.AgentReport;
import dev.lifeboat.operator.agents.SecretRecords;
import dev.lifeboat.operator.status.Conditions;
import dev.lifeboat.operator.vaults.VaultPoint;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What a machine's status says of what was seen. Pure. */
final class MachinePlanner {

  /** Points are shown in the status at most this often: a status is no stream. */
  static final Duration POINT_STEP = Duration.ofSeconds(30);

  private static final int MOST_POINTS = 32;

  private final ProtectedVM machine;
  private final ProtectedVMStatus was;
  private final MachineFacts seen;
  private final Conditions conditions;
  private final Instant now;

  private MachinePlanner(
      ProtectedVM machine,
      ProtectedVMStatus was,
      MachineFacts seen,
      Conditions conditions,
      Instant now) {
    this.machine = machine;
    this.was = was;
    this.seen = seen;
    this.conditions = conditions;
    this.now = now;
  }

  static ProtectedVMStatus status(
      ProtectedVM machine,
      ProtectedVMStatus was,
      MachineFacts seen,
      Conditions conditions,
      Instant now) {
    return new MachinePlanner(machine, was, seen, conditions, now).status();
  }

  private ProtectedVMStatus status() {
    MachineConditions told = new MachineConditions(machine, seen, conditions, now);
    ProtectionState state;
    if (seen.problem().isPresent()) {
      state = was.protectionState();
      told.setUnseen(state, seen.problem().get());
    } else {
      state = state();
      told.set(state);
    }
    return with(was, state, health(state), convergence(state));
  }

  // ---- states ----

  private ProtectionState state() {
    String commit = seen.head().map(head -> head.commit()).orElse("None");
    if (commit.startsWith("Failover:")) {
      return ProtectionState.FailingOver;
    }
    if (commit.startsWith("Pending:")) {
      return ProtectionState.CommitPending;
    }
    if (commit.equals("Committed")) {
      return ProtectionState.Committed;
    }
    if (seen.agent().filter(AgentRecord::enrolled).isEmpty()) {
      return ProtectionState.EnablingProtection;
    }
    if (seen.points().isEmpty()) {
      return ProtectionState.InitialReplication;
    }
    return seen.report(now).filter(r -> r.state().equals("Converging")).isPresent()
        ? ProtectionState.Resyncing
        : ProtectionState.Protected;
  }

  private Health health(ProtectionState state) {
    if (state == ProtectionState.Committed || state == ProtectionState.EnablingProtection) {
      return Health.Warning;
    }
    boolean dormant = seen.report(now).filter(r -> r.state().equals("Dormant")).isPresent();
    if (dormant || late()) {
      return Health.Critical;
    }
    boolean good =
        state == ProtectionState.Protected
            && conditions.isTrue("RpoMet")
            && conditions.isTrue("AgentHealthy")
            && conditions.isTrue("Replicating");
    return good ? Health.Normal : Health.Warning;
  }

  /**
   * While the points cannot be read, by the newest that was seen; what the agent says of a machine
   * that does not write holds all the same.
   */
  private boolean late() {
    if (seen.problem().isEmpty()) {
      return !seen.points().isEmpty() && !conditions.isTrue("RpoMet");
    }
    return was.lastRecoveryPointTime() != null
        && Instant.parse(was.lastRecoveryPointTime())
            .isBefore(now.minusSeconds(seen.rpoThresholdSeconds()))
        && seen.report(now).filter(AgentReport::quiet).isEmpty();
  }

  private Convergence convergence(ProtectionState state) {
    if (state != ProtectionState.InitialReplication && state != ProtectionState.Resyncing) {
      return null;
    }
    return seen.report(now)
        .filter(r -> r.state().equals("Converging"))
        .map(r -> new Convergence(r.reason(), r.percent()))
        .orElse(was.convergence());
  }

  // ---- the rest of the status ----

  private ProtectedVMStatus with(
      ProtectedVMStatus from, ProtectionState state, Health health, Convergence convergence) {
    boolean looked = seen.problem().isEmpty();
    List<PointSummary> points = looked ? points() : from.recoveryPoints();
    return new ProtectedVMStatus(
        machine.getMetadata().getGeneration(),
        from.machineUid(),
        state == null ? ProtectionState.Unprotected : state,
        health == null ? Health.Warning : health,
        looked ? test() : from.testFailoverState(),
        looked ? active() : from.activeLocation(),
        // Every action begins with the machine's head: without the vault none is promised.
        looked ? allowed(state) : List.of(),
        convergence,
        points.isEmpty() ? null : points.getFirst().time(),
        points,
        seen.agent()
            .filter(AgentRecord::enrolled)
            .map(MachinePlanner::summary)
            .orElse(from.agent()),
        seen.agent().map(this::enrolment).orElse(from.enrolment()),
        conditions.list());
  }

  private List<PointSummary> points() {
    List<PointSummary> newest = new ArrayList<>();
    List<VaultPoint> all = seen.points();
    for (int i = all.size() - 1; i >= 0 && newest.size() < MOST_POINTS; i--) {
      VaultPoint point = all.get(i);
      newest.add(
          new PointSummary(
              point.id(), point.time().toString(), point.label().isEmpty() ? null : point.label()));
    }
    boolean shown =
        !was.recoveryPoints().isEmpty()
            && !newest.isEmpty()
            && all.stream().anyMatch(p -> p.id().equals(was.recoveryPoints().getFirst().id()))
            && Duration.between(
                        Instant.parse(was.recoveryPoints().getFirst().time()),
                        Instant.parse(newest.getFirst().time()))
                    .compareTo(POINT_STEP)
                < 0;
    return shown ? was.recoveryPoints() : newest;
  }

  private TestState test() {
    return switch (seen.runs().test()) {
      case None -> TestState.None;
      case UnderWay -> TestState.TestInProgress;
      case Up -> TestState.TestReady;
      case CleaningUp -> TestState.CleaningUp;
    };
  }

  private ActiveLocation active() {
    return seen.head().filter(head -> head.active().equals("Recovery")).isPresent()
        ? ActiveLocation.Recovery
        : ActiveLocation.Source;
  }

  private List<String> allowed(ProtectionState state) {
    List<String> allowed = new ArrayList<>();
    if (!MachineConditions.isAway(state) && !seen.points().isEmpty()) {
      if (seen.runs().test() == MachineFacts.TestRun.None && seen.testable()) {
        allowed.add("TestFailover");
      }
      allowed.add("Failover");
    }
    if (seen.runs().test() == MachineFacts.TestRun.Up) {
      allowed.add("CleanupTestFailover");
    }
    if (state == ProtectionState.CommitPending) {
      allowed.add("Commit");
    }
    return allowed;
  }

  private static AgentSummary summary(AgentRecord agent) {
    String ends = agent.certificates().isEmpty() ? null : agent.certificates().getLast().ends();
    return new AgentSummary(
        agent.facts().version(),
        agent.facts().hostName(),
        agent.facts().cores(),
        agent.facts().memoryMiB(),
        ends);
  }

  private EnrolmentSummary enrolment(AgentRecord agent) {
    return new EnrolmentSummary(
        SecretRecords.secretName(machine.getMetadata().getName()),
        agent.tokenHash().isEmpty() ? null : agent.tokenEnds());
  }
}
