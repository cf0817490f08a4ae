package dev.lifeboat.operator.recovery;

import dev.lifeboat.crds.ProtectedVM;
import dev.lifeboat.crds.RecoveryPlan;
import dev.lifeboat.crds.RecoveryPlanStatus;
import dev.lifeboat.operator.status.Conditions;
import dev.lifeboat.operator.status.Events;
import dev.lifeboat.operator.status.StatusWriter;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Says whether a plan could be run. */
public final class PlanReconciler implements Reconciler<RecoveryPlan> {

  private static final Duration LOOK = Duration.ofSeconds(30);

  private final KubernetesClient client;
  private final Events events;
  private final Clock clock;

  public PlanReconciler(KubernetesClient client, Events events, Clock clock) {
    this.client = client;
    this.events = events;
    this.clock = clock;
  }

  @Override
  public UpdateControl<RecoveryPlan> reconcile(RecoveryPlan plan, Context<RecoveryPlan> context) {
    Set<String> machines =
        client
            .resources(ProtectedVM.class)
            .inNamespace(plan.getMetadata().getNamespace())
            .list()
            .getItems()
            .stream()
            .map(machine -> machine.getMetadata().getName())
            .collect(Collectors.toSet());
    Optional<PlanCheck.Problem> problem =
        PlanCheck.problem(plan, others(client, plan)).or(() -> PlanCheck.missing(plan, machines));
    Conditions conditions =
        new Conditions(
            plan.getStatus() == null ? List.of() : plan.getStatus().conditions(),
            List.of("Ready"),
            plan.getMetadata().getGeneration(),
            clock);
    problem.ifPresentOrElse(
        p -> conditions.no("Ready", p.reason(), p.message()),
        () ->
            conditions.yes(
                "Ready", "Ready", "checked: every machine exists, and stands in no other plan"));
    RecoveryPlanStatus status =
        new RecoveryPlanStatus(
            plan.getMetadata().getGeneration(), PlanCheck.members(plan).size(), conditions.list());
    if (StatusWriter.write(plan, status, RecoveryPlan::new, context)) {
      events.conditions(plan, conditions.changed());
    }
    return UpdateControl.<RecoveryPlan>noUpdate().rescheduleAfter(LOOK);
  }

  static List<RecoveryPlan> others(KubernetesClient client, RecoveryPlan plan) {
    return client
        .resources(RecoveryPlan.class)
        .inNamespace(plan.getMetadata().getNamespace())
        .list()
        .getItems()
        .stream()
        .filter(other -> !other.getMetadata().getName().equals(plan.getMetadata().getName()))
        .toList();
  }
}
