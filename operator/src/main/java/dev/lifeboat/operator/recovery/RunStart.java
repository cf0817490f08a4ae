package dev.lifeboat.operator.recovery;

import dev.lifeboat.crds.ProtectedVM;
import dev.lifeboat.crds.RecoveryPlan;
import dev.lifeboat.crds.RecoveryPlanSpec;
import dev.lifeboat.crds.RecoveryRun;
import dev.lifeboat.crds.RecoveryRunSpec.Action;
import dev.lifeboat.crds.RecoveryRunStatus;
import dev.lifeboat.crds.RecoveryRunStatus.Member;
import dev.lifeboat.crds.RecoveryRunStatus.Phase;
import dev.lifeboat.operator.status.Conditions;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What is written down of a run before anything is done: which machines take part. Thread-safe. */
final class RunStart {

  private final KubernetesClient client;
  private final Clock clock;

  RunStart(KubernetesClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  /** The plan that a run names; empty if it names none, or if there is none. */
  Optional<RecoveryPlan> plan(RecoveryRun run) {
    return run.getSpec().plan() == null
        ? Optional.empty()
        : Optional.ofNullable(
            client
                .resources(RecoveryPlan.class)
                .inNamespace(run.getMetadata().getNamespace())
                .withName(run.getSpec().plan())
                .get());
  }

  RecoveryRunStatus status(RecoveryRun run, Optional<RecoveryPlan> plan, Conditions conditions) {
    Optional<PlanCheck.Problem> problem = problem(run, plan);
    problem.ifPresentOrElse(
        p -> conditions.no("Ready", p.reason(), p.message()),
        () -> conditions.no("Ready", "Running", "the run is under way: see members"));
    String now = Members.text(clock.instant());
    return new RecoveryRunStatus(
        run.getMetadata().getGeneration(),
        problem.isPresent() ? Phase.Failed : Phase.Running,
        run.getSpec().plan() == null
            ? "machine/" + run.getSpec().machine()
            : "plan/" + run.getSpec().plan(),
        null,
        now,
        problem.isPresent() ? now : null,
        null,
        null,
        problem.isPresent() ? List.of() : members(run, plan),
        conditions.list());
  }

  private Optional<PlanCheck.Problem> problem(RecoveryRun run, Optional<RecoveryPlan> plan) {
    if (run.getSpec().plan() == null) {
      return Optional.empty();
    }
    if (plan.isEmpty()) {
      return Optional.of(
          new PlanCheck.Problem("PlanMissing", "there is no RecoveryPlan " + run.getSpec().plan()));
    }
    return PlanCheck.problem(plan.get(), PlanReconciler.others(client, plan.get()))
        .map(p -> new PlanCheck.Problem("PlanNotReady", p.message()));
  }

  private List<Member> members(RecoveryRun run, Optional<RecoveryPlan> plan) {
    if (plan.isEmpty()) {
      return List.of(member(run, run.getSpec().machine(), 0));
    }
    List<Member> members = new ArrayList<>();
    List<RecoveryPlanSpec.Group> groups = plan.get().getSpec().groups();
    for (int group = 0; group < groups.size(); group++) {
      for (String machine : groups.get(group).members()) {
        members.add(member(run, machine, group));
      }
    }
    return members;
  }

  private Member member(RecoveryRun run, String name, int group) {
    ProtectedVM machine =
        client
            .resources(ProtectedVM.class)
            .inNamespace(run.getMetadata().getNamespace())
            .withName(name)
            .get();
    if (machine == null || machine.getStatus() == null) {
      return Members.fresh(name, null, group);
    }
    Member fresh = Members.fresh(name, machine.getStatus().machineUid(), group);
    return run.getSpec().action() == Action.CleanupTestFailover
        ? tested(run, fresh).map(test -> Members.toCleanUp(fresh, test)).orElse(fresh)
        : fresh;
  }

  /** As the machine's newest test failover that made anything has it. */
  private Optional<Member> tested(RecoveryRun run, Member fresh) {
    return client
        .resources(RecoveryRun.class)
        .inNamespace(run.getMetadata().getNamespace())
        .list()
        .getItems()
        .stream()
        .filter(other -> other.getSpec().action() == Action.TestFailover)
        .filter(other -> other.getStatus() != null && other.getStatus().startTime() != null)
        .sorted(
            Comparator.comparing((RecoveryRun other) -> other.getStatus().startTime()).reversed())
        .flatMap(other -> other.getStatus().members().stream())
        .filter(member -> member.point() != null && member.name().equals(fresh.name()))
        .filter(member -> member.machineUid() != null)
        .filter(member -> member.machineUid().equals(fresh.machineUid()))
        .findFirst();
  }
}
