package dev.lifeboat.operator.protection;

import dev.lifeboat.crds.RecoveryRun;
import dev.lifeboat.crds.RecoveryRunSpec.Action;
import dev.lifeboat.crds.RecoveryRunStatus.Member;
import dev.lifeboat.crds.RecoveryRunStatus.MemberPhase;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What the runs of a namespace say of one machine. Pure. */
final class RunsOfMachine {

  private RunsOfMachine() {}

  /** Of the machine of this uid: one of its name that was there before is another. */
  static MachineFacts.Runs of(String machine, UUID uid, List<RecoveryRun> runs) {
    MachineFacts.TestRun test = MachineFacts.TestRun.None;
    boolean rehearsed = false;
    List<RecoveryRun> inOrder =
        runs.stream()
            .filter(run -> run.getStatus() != null && run.getStatus().startTime() != null)
            .sorted(Comparator.comparing(run -> run.getStatus().startTime()))
            .toList();
    for (RecoveryRun run : inOrder) {
      Optional<Member> member = member(run, machine, uid);
      if (member.isEmpty()) {
        continue;
      }
      MemberPhase phase = member.get().phase();
      boolean going = !phase.ended();
      if (run.getSpec().action() == Action.TestFailover) {
        if (going) {
          test = MachineFacts.TestRun.UnderWay;
        } else if (phase == MemberPhase.Succeeded) {
          test = MachineFacts.TestRun.Up;
        }
      } else if (run.getSpec().action() == Action.CleanupTestFailover) {
        if (going) {
          test = MachineFacts.TestRun.CleaningUp;
        } else if (phase == MemberPhase.Succeeded) {
          rehearsed |= test == MachineFacts.TestRun.Up;
          test = MachineFacts.TestRun.None;
        }
      }
    }
    return new MachineFacts.Runs(test, rehearsed);
  }

  /** A run that has begun, takes the machine, and has not ended with it. */
  static Optional<RecoveryRun> unfinished(String machine, UUID uid, List<RecoveryRun> runs) {
    return runs.stream()
        .filter(run -> run.getStatus() != null)
        .filter(
            run -> member(run, machine, uid).filter(member -> !member.phase().ended()).isPresent())
        .findFirst();
  }

  private static Optional<Member> member(RecoveryRun run, String machine, UUID uid) {
    return run.getStatus().members().stream()
        .filter(m -> m.name().equals(machine) && uid.toString().equals(m.machineUid()))
        .findFirst();
  }
}
