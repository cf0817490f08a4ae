package dev.lifeboat.operator.protection;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toMap;

import dev.lifeboat.crds.Api;
import dev.lifeboat.crds.ProtectedVM;
import dev.lifeboat.crds.ProtectedVMStatus.ProtectionState;
import dev.lifeboat.operator.agents.AgentRecord;
import dev.lifeboat.operator.agents.AgentReport;
import dev.lifeboat.operator.agents.SecretRecords;
import dev.lifeboat.operator.cloud.Readiness;
import dev.lifeboat.operator.cloud.Replica;
import dev.lifeboat.operator.status.Conditions;
import dev.lifeboat.operator.vaults.VaultPoint;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What a machine's conditions say of what was seen, and what to do about it. Pure. */
final class MachineConditions {

  static final List<String> TYPES =
      List.of("Ready", "AgentHealthy", "Replicating", "RpoMet", "FailoverReady", "Rehearsed");

  private final ProtectedVM machine;
  private final MachineFacts seen;
  private final Conditions conditions;
  private final Instant now;

  MachineConditions(ProtectedVM machine, MachineFacts seen, Conditions conditions, Instant now) {
    this.machine = machine;
    this.seen = seen;
    this.conditions = conditions;
    this.now = now;
  }

  /** All of them, for a machine in this state. */
  void set(ProtectionState state) {
    agentHealthy();
    replicating(state);
    rpoMet(state);
    failoverReady(state);
    rehearsed();
    ready(state);
  }

  /**
   * Those that need no vault, for a machine that was in this state when it was seen last; the
   * others say what keeps it from being seen.
   */
  void setUnseen(ProtectionState last, MachineFacts.Problem problem) {
    if (seen.agent().isPresent()) {
      agentHealthy();
    } else {
      // There is no command to paste before the vault has the machine.
      conditions.unknown("AgentHealthy", problem.reason(), problem.message());
    }
    replicating(last);
    conditions.unknown("RpoMet", problem.reason(), problem.message());
    conditions.unknown("FailoverReady", problem.reason(), problem.message());
    conditions.no("Ready", problem.reason(), problem.message());
  }

  /** Whether a run took the machine over: nothing is replicated from it any more. */
  static boolean isAway(ProtectionState state) {
    return state == ProtectionState.FailingOver
        || state == ProtectionState.CommitPending
        || state == ProtectionState.Committed;
  }

  private void agentHealthy() {
    if (seen.agent().filter(AgentRecord::enrolled).isEmpty()) {
      conditions.no(
          "AgentHealthy",
          "NotEnrolled",
          "paste the command of Secret "
              + SecretRecords.secretName(machine.getMetadata().getName())
              + ", key `command`, into the machine as root");
    } else if (seen.report(now).isPresent()) {
      if (seen.report(now).get().state().equals("Dormant")) {
        conditions.no(
            "AgentHealthy",
            "Dormant",
            "the agent does nothing: " + seen.report(now).get().reason());
      } else {
        conditions.yes("AgentHealthy", "Reporting", "the agent reports");
      }
    } else if (!seen.isTooEarly(now)) {
      conditions.no(
          "AgentHealthy",
          "Silent",
          "nothing was heard of the agent for a minute: is the machine up, does `systemctl status"
              + " lifeboat-agent` say why, can it reach the management endpoint?");
    }
  }

  private void replicating(ProtectionState state) {
    if (isAway(state)) {
      conditions.no(
          "Replicating",
          "FailedOver",
          "the machine was failed over: nothing is replicated from it");
    } else if (seen.report(now).isPresent()) {
      AgentReport report = seen.report(now).get();
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
    } else if (!seen.isTooEarly(now)) {
      conditions.unknown("Replicating", "Silent", "nothing was heard of the agent for a minute");
    }
  }

  private void rpoMet(ProtectionState state) {
    Optional<Instant> newest = newest();
    if (isAway(state)) {
      conditions.no("RpoMet", "FailedOver", "the machine was failed over: no points are made");
    } else if (newest.isEmpty()) {
      conditions.no(
          "RpoMet", "NoRecoveryPoint", "there is no recovery point before the first copy is whole");
    } else if (seen.report(now).filter(AgentReport::quiet).isPresent()) {
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
    if (isAway(state)) {
      conditions.no("FailoverReady", "FailedOver", "the machine was failed over already");
    } else if (seen.points().isEmpty()) {
      conditions.no("FailoverReady", "NoRecoveryPoint", "there is nothing to bring up yet");
    } else if (!seen.points().getLast().disks().containsKey(Replica.BOOT_DISK)) {
      conditions.no(
          "FailoverReady",
          "NoBootDisk",
          "no disk is called "
              + Replica.BOOT_DISK
              + ", which the VM boots from: call the system disk so in spec.disks, and let the agent"
              + " enrol again");
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

  /** The disks that are protected, where the object names others; else empty. */
  private String disksSettledOtherwise() {
    Map<Integer, String> wanted =
        machine.getSpec().disks().stream().collect(toMap(d -> d.id(), d -> d.device()));
    Map<Integer, String> settled =
        seen.agent().stream()
            .flatMap(agent -> agent.disks().stream())
            .collect(
                toMap(AgentRecord.Disk::id, AgentRecord.Disk::device, (a, b) -> a, TreeMap::new));
    return wanted.isEmpty() || settled.isEmpty() || wanted.equals(settled)
        ? ""
        : settled.entrySet().stream()
            .map(disk -> disk.getKey() + " " + disk.getValue())
            .collect(joining(", "));
  }

  private void ready(ProtectionState state) {
    if (state == ProtectionState.Protected || state == ProtectionState.Resyncing) {
      String settled = disksSettledOtherwise();
      if (!settled.isEmpty()) {
        conditions.no(
            "Ready",
            "DisksSettled",
            "spec.disks was changed since the agent enrolled, which protects "
                + settled
                + ": set it back, or let the agent enrol again (annotation "
                + Api.ENROL_AGAIN
                + ")");
      } else if (conditions.isTrue("RpoMet")) {
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
}
