package dev.lifeboat.operator.recovery;

import dev.lifeboat.crds.RecoveryRun;
import java.util.Map;

/** Keepers as a program that may be killed reaches them. */
record MortalKeepers(Keepers keepers, Lifeline life) implements Keepers {

  @Override
  public Map<Integer, Observed.JobState> jobs(RecoveryRun run, String machine) {
    return keepers.jobs(run, machine);
  }

  @Override
  public void start(RecoveryRun run, MemberSubject subject, Order order) {
    life.run("start keeper of disk " + order.disk(), () -> keepers.start(run, subject, order));
  }

  @Override
  public void remove(RecoveryRun run, String machine) {
    life.run("remove keepers", () -> keepers.remove(run, machine));
  }
}
