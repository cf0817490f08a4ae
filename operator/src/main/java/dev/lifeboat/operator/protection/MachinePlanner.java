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
import dev.lifeboat.operator.cloud.Readiness;
import dev.lifeboat.operator.status.Conditions;
import dev.lifeboat.operator.vaults.VaultPoint;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a machine's status says of what was seen. Pure. */
final class MachinePlanner {

  static final List<String> TYPES =
      List.of("Ready", "AgentHealthy", "Replicating", "RpoMet", "FailoverReady", "Rehearsed");

  /** An agent reports every ten seconds; this long without a word is silence. */
  static final Duration SILENCE = Duration.ofSeconds(60);

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
    if (seen.problem().isPresent()) {
      MachineFacts.Problem problem = seen.problem().get();
      conditions.no("Ready", problem.reason(), problem.message());
      return with(was, was.protectionState(), was.replicationHealth(), was.convergence());
    }
    ProtectionState state = state();
    agentHealthy();
    replicating(state);
    rpoMet(state);
    failoverReady(state);
    rehearsed();
    ready(state);
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
    return report().filter(r -> r.state().equals("Converging")).isPresent()
        ? ProtectionState.Resyncing
        : ProtectionState.Protected;
  }

  private boolean away(ProtectionState state) {
    return state == ProtectionState.FailingOver
        || state == ProtectionState.CommitPending
        || state == ProtectionState.Committed;
  }

  /** The newest report, if it is not too old. */
  private Optional<AgentReport> report() {
    return seen.heard()
        .filter(heard -> heard.at().isAfter(now.minus(SILENCE)))
        .map(heard -> heard.report());
  }

  /** Just after a start nothing was heard of anybody: nothing is concluded from that. */
  private boolean tooEarly() {
    return seen.heard().isEmpty() && seen.silentSince().isAfter(now.minus(SILENCE));
  }

  // ---- conditions ----

  private void agentHealthy() {
    if (seen.agent().filter(AgentRecord::enrolled).isEmpty()) {
      conditions.no(
          "AgentHealthy",
          "NotEnrolled",
          "paste the command of Secret "
              + SecretRecords.secretName(machine.getMetadata().getName())
              + ", key `command`, into the machine as root");
    } else if (report().isPresent()) {
      if (report().get().state().equals("Dormant")) {
        conditions.no(
            "AgentHealthy", "Dormant", "the agent does nothing: " + report().get().reason());
      } else {
        conditions.yes("AgentHealthy", "Reporting", "the agent reports");
      }
    } else if (!tooEarly()) {
      conditions.no(
          "AgentHealthy",
          "Silent",
          "nothing was heard of the agent for a minute: is the machine up, does `systemctl status"
              + " lifeboat-agent` say why, can it reach the management endpoint?");
    }
  }

  private void replicating(ProtectionState state) {
    if (away(state)) {
      conditions.no(
          "Replicating",
          "FailedOver",
          "the machine was failed over: nothing is replicated from it");
    } else if (report().isPresent()) {
      AgentReport report = report().get();
      if (report.connected()) {
        conditions.yes("Replicating", "Streaming", "the agent streams to a process server");
      } else if (report.trouble().isEmpty()) {
        conditions.no("Replicating", "Connecting", "the agent connects to a process server");
      } else {
        conditions.no(
            "Replicating",
            "NotConnected",
            "the agent reaches no process server: " + report.trouble());
      }
    } else if (seen.agent().filter(AgentRecord::enrolled).isEmpty()) {
      conditions.no("Replicating", "NotEnrolled", "no agent has enrolled yet");
    } else if (!tooEarly()) {
      conditions.unknown("Replicating", "Silent", "nothing was heard of the agent for a minute");
    }
  }

  private void rpoMet(ProtectionState state) {
    Optional<Instant> newest = newest();
    if (away(state)) {
      conditions.no("RpoMet", "FailedOver", "the machine was failed over: no points are made");
    } else if (newest.isEmpty()) {
      conditions.no(
          "RpoMet", "NoRecoveryPoint", "there is no recovery point before the first copy is whole");
    } else if (report().filter(AgentReport::quiet).isPresent()) {
      conditions.yes("RpoMet", "Quiet", "nothing was written since the last recovery point");
    } else if (newest.get().isBefore(now.minusSeconds(seen.rpoThresholdSeconds()))) {
      conditions.no(
          "RpoMet",
          "ThresholdExceeded",
          "the last recovery point is older than rpoThresholdSeconds of the policy; Replicating says"
              + " what is in the way");
    } else {
      conditions.yes("RpoMet", "WithinThreshold", "the last recovery point is young enough");
    }
  }

  private Optional<Instant> newest() {
    return seen.points().stream().map(VaultPoint::time).max(Instant::compareTo);
  }

  private void failoverReady(ProtectionState state) {
    if (away(state)) {
      conditions.no("FailoverReady", "FailedOver", "the machine was failed over already");
    } else if (seen.points().isEmpty()) {
      conditions.no("FailoverReady", "NoRecoveryPoint", "there is nothing to bring up yet");
    } else {
      seen.readiness()
          .ifPresentOrElse(
              this::failoverReady,
              () ->
                  conditions.unknown(
                      "FailoverReady", "NotCheckedYet", "Azure is being asked for the first time"));
    }
  }

  private void failoverReady(Readiness found) {
    String checked =
        "checked: a recovery point exists, its log and the machine's head and key can be read; in"
            + " Azure: "
            + found.good();
    found
        .worst()
        .ifPresentOrElse(
            check -> {
              String message = check.message() + ". In order: " + checked;
              if (check.outcome() == Readiness.Outcome.Bad) {
                conditions.no("FailoverReady", check.reason(), message);
              } else {
                conditions.unknown("FailoverReady", check.reason(), message);
              }
            },
            () ->
                conditions.yes(
                    "FailoverReady",
                    "Checked",
                    checked + ". Not checked: whether it boots there; a test failover shows that"));
  }

  private void rehearsed() {
    if (seen.runs().rehearsed() || conditions.isTrue("Rehearsed")) {
      conditions.yes("Rehearsed", "TestSucceeded", "a test failover came up and was cleaned up");
    } else {
      conditions.no(
          "Rehearsed",
          "NeverTested",
          seen.testable()
              ? "no test failover came up and was cleaned up yet: make a RecoveryRun of TestFailover"
              : "there is no test subnet: set target.testSubnetId, then make a RecoveryRun of"
                  + " TestFailover");
    }
  }

  private void ready(ProtectionState state) {
    if (state == ProtectionState.Protected || state == ProtectionState.Resyncing) {
      if (conditions.isTrue("RpoMet")) {
        conditions.yes("Ready", "Protected", "the machine is protected");
      } else {
        conditions.no("Ready", "RpoExceeded", "the last recovery point is too old: see RpoMet");
      }
      return;
    }
    conditions.no(
        "Ready",
        state.name(),
        switch (state) {
          case EnablingProtection -> "the machine waits for its agent: see AgentHealthy";
          case InitialReplication -> "the first copy is under way";
          case FailingOver -> "a RecoveryRun fails the machine over";
          case CommitPending ->
              "the machine runs in Azure: a RecoveryRun of Commit makes that final";
          case Committed -> "the machine runs in Azure, for good";
          case Unprotected, Protected, Resyncing -> "the machine is not protected";
        });
  }

  private Health health(ProtectionState state) {
    if (state == ProtectionState.Committed || state == ProtectionState.EnablingProtection) {
      return Health.Warning;
    }
    boolean dormant = report().filter(r -> r.state().equals("Dormant")).isPresent();
    if (dormant || (!seen.points().isEmpty() && !conditions.isTrue("RpoMet"))) {
      return Health.Critical;
    }
    boolean good =
        state == ProtectionState.Protected
            && conditions.isTrue("AgentHealthy")
            && conditions.isTrue("Replicating");
    return good ? Health.Normal : Health.Warning;
  }

  private Convergence convergence(ProtectionState state) {
    if (state != ProtectionState.InitialReplication && state != ProtectionState.Resyncing) {
      return null;
    }
    return report()
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
        looked ? allowed(state) : from.allowedOperations(),
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
    if (!away(state) && !seen.points().isEmpty()) {
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
