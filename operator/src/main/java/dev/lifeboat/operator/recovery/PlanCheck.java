package dev.lifeboat.operator.recovery;

import dev.lifeboat.crds.RecoveryPlan;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whether a plan may be run. Pure. */
final class PlanCheck {

  /** A reason and what to do. */
  record Problem(String reason, String message) {}

  private PlanCheck() {}

  /** What of a plan cannot be seen from its own object: machines of another plan. */
  static Optional<Problem> problem(RecoveryPlan plan, List<RecoveryPlan> others) {
    Set<String> own = members(plan);
    for (RecoveryPlan other : others) {
      Set<String> both = members(other);
      both.retainAll(own);
      if (!both.isEmpty()) {
        return Optional.of(
            new Problem(
                "MachineInTwoPlans",
                both.stream().sorted().toList()
                    + " stand in RecoveryPlan "
                    + other.getMetadata().getName()
                    + " too: take them out of one of both"));
      }
    }
    return Optional.empty();
  }

  static Optional<Problem> missing(RecoveryPlan plan, Set<String> machines) {
    List<String> missing =
        members(plan).stream().filter(m -> !machines.contains(m)).sorted().toList();
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Problem(
                "MachineMissing", "there are no ProtectedVMs " + missing + " in this namespace"));
  }

  static Set<String> members(RecoveryPlan plan) {
    Set<String> members = new HashSet<>();
    plan.getSpec().groups().forEach(group -> members.addAll(group.members()));
    return members;
  }
}
