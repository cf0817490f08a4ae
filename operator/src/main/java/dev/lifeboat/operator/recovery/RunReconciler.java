package dev.lifeboat.operator.recovery;

import dev.lifeboat.crds.RecoveryPlan;
import dev.lifeboat.crds.RecoveryPlanSpec;
import dev.lifeboat.crds.RecoveryPlanSpec.OnError;
import dev.lifeboat.crds.RecoveryRun;
import dev.lifeboat.crds.RecoveryRunStatus;
import dev.lifeboat.crds.RecoveryRunStatus.Member;
import dev.lifeboat.crds.RecoveryRunStatus.Phase;
import dev.lifeboat.operator.agents.AgentReports;
import dev.lifeboat.operator.agents.SecretRecords;
import dev.lifeboat.operator.cloud.Clouds;
import dev.lifeboat.operator.protection.ServerGauge;
import dev.lifeboat.operator.settings.OperatorSettings;
import dev.lifeboat.operator.status.Conditions;
import dev.lifeboat.operator.status.Events;
import dev.lifeboat.operator.status.StatusWriter;
import dev.lifeboat.operator.vaults.Vaults;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Brings runs to their end, look by look. */
public final class RunReconciler implements Reconciler<RecoveryRun> {

  private static final Duration LOOK = Duration.ofSeconds(1);

  /** What runs are carried out with. */
  public record Means(
      KubernetesClient client,
      Vaults vaults,
      Clouds clouds,
      SecretRecords records,
      AgentReports reports,
      ServerGauge servers) {}

  private final KubernetesClient client;
  private final MachineClaims claims = new MachineClaims();
  private final RunDriver driver;
  private final Events events;
  private final Clock clock;

  public RunReconciler(Means means, OperatorSettings.Image image, Events events, Clock clock) {
    this.client = means.client();
    this.events = events;
    this.clock = clock;
    Subjects subjects =
        new KubernetesSubjects(
            new KubernetesSubjects.Sources(
                means.client(), means.vaults(), means.clouds(), means.records(), means.reports()),
            claims,
            clock);
    driver =
        new RunDriver(
            new MemberWork(subjects, new KubernetesKeepers(client, image), means.servers(), clock),
            clock);
  }

  @Override
  public UpdateControl<RecoveryRun> reconcile(RecoveryRun run, Context<RecoveryRun> context) {
    if (run.getStatus() != null && run.getStatus().ended()) {
      claims.release(run);
      return UpdateControl.noUpdate();
    }
    Conditions conditions =
        new Conditions(
            run.getStatus() == null ? List.of() : run.getStatus().conditions(),
            RunProgress.TYPES,
            run.getMetadata().getGeneration(),
            clock);
    Optional<RecoveryPlan> plan = plan(run);
    RecoveryRunStatus status =
        run.getStatus() == null || run.getStatus().startTime() == null
            ? begin(run, plan, conditions)
            : RunProgress.status(
                run,
                driver.advance(run, run.getStatus().members(), onError(plan)),
                conditions,
                clock.instant());
    if (StatusWriter.write(run, status, RecoveryRun::new, context)) {
      events.conditions(run, conditions.changed());
    }
    if (status.ended()) {
      claims.release(run);
      return UpdateControl.noUpdate();
    }
    return UpdateControl.<RecoveryRun>noUpdate().rescheduleAfter(LOOK);
  }

  /** Who takes part is written down before anything is done. */
  private RecoveryRunStatus begin(
      RecoveryRun run, Optional<RecoveryPlan> plan, Conditions conditions) {
    Instant now = clock.instant();
    List<Member> members = new ArrayList<>();
    String subject = "machine/" + run.getSpec().machine();
    boolean failed = false;
    if (run.getSpec().plan() == null) {
      members.add(Members.fresh(run.getSpec().machine(), 0));
    } else {
      subject = "plan/" + run.getSpec().plan();
      if (plan.isEmpty()) {
        failed = true;
        conditions.no("Ready", "PlanMissing", "there is no RecoveryPlan " + run.getSpec().plan());
      } else if (PlanCheck.problem(plan.get(), PlanReconciler.others(client, plan.get()))
          .isPresent()) {
        failed = true;
        conditions.no(
            "Ready",
            "PlanNotReady",
            PlanCheck.problem(plan.get(), PlanReconciler.others(client, plan.get()))
                .get()
                .message());
      } else {
        List<RecoveryPlanSpec.Group> groups = plan.get().getSpec().groups();
        for (int group = 0; group < groups.size(); group++) {
          for (String machine : groups.get(group).members()) {
            members.add(Members.fresh(machine, group));
          }
        }
      }
    }
    if (!failed) {
      conditions.no("Ready", "Running", "the run is under way: see members");
    }
    return new RecoveryRunStatus(
        run.getMetadata().getGeneration(),
        failed ? Phase.Failed : Phase.Running,
        subject,
        null,
        Members.text(now),
        failed ? Members.text(now) : null,
        null,
        null,
        members,
        conditions.list());
  }

  private Optional<RecoveryPlan> plan(RecoveryRun run) {
    return run.getSpec().plan() == null
        ? Optional.empty()
        : Optional.ofNullable(
            client
                .resources(RecoveryPlan.class)
                .inNamespace(run.getMetadata().getNamespace())
                .withName(run.getSpec().plan())
                .get());
  }

  private static OnError onError(Optional<RecoveryPlan> plan) {
    return plan.map(p -> p.getSpec().onError()).orElse(OnError.Stop);
  }
}
