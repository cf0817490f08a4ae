package dev.lifeboat.operator.recovery;

import dev.lifeboat.crds.RecoveryPlan;
import dev.lifeboat.crds.RecoveryPlanSpec.OnError;
import dev.lifeboat.crds.RecoveryRun;
import dev.lifeboat.crds.RecoveryRunStatus;
import dev.lifeboat.crds.RecoveryRunStatus.Member;
import dev.lifeboat.operator.agents.AgentReports;
import dev.lifeboat.operator.agents.SecretRecords;
import dev.lifeboat.operator.cloud.CloudException;
import dev.lifeboat.operator.cloud.Clouds;
import dev.lifeboat.operator.protection.ServerGauge;
import dev.lifeboat.operator.settings.OperatorSettings;
import dev.lifeboat.operator.status.Conditions;
import dev.lifeboat.operator.status.Events;
import dev.lifeboat.operator.status.StatusWriter;
import dev.lifeboat.operator.vaults.Vaults;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Brings runs to their end, look by look. One that is deleted before its end is cancelled: it goes
 * when what it made is gone.
 */
@ControllerConfiguration(finalizerName = "dr.lifeboat.dev/run-undone")
public final class RunReconciler implements Reconciler<RecoveryRun>, Cleaner<RecoveryRun> {

  private static final Duration LOOK = Duration.ofSeconds(1);

  /** Without these objects nobody knows where to look for what a run made. */
  private static final Set<String> LOST = Set.of("MachineMissing", "PolicyMissing");

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
  private final Subjects subjects;
  private final RunStart start;
  private final RunDriver driver;
  private final Events events;
  private final Clock clock;

  public RunReconciler(Means means, OperatorSettings.Image image, Events events, Clock clock) {
    this.client = means.client();
    this.events = events;
    this.clock = clock;
    start = new RunStart(client, clock);
    subjects =
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
    return look(run, context).ended()
        ? UpdateControl.noUpdate()
        : UpdateControl.<RecoveryRun>noUpdate().rescheduleAfter(LOOK);
  }

  @Override
  public DeleteControl cleanup(RecoveryRun run, Context<RecoveryRun> context) {
    if (!hasBegun(run)) {
      return DeleteControl.defaultDelete();
    }
    RecoveryRunStatus status = look(run, context);
    if (status.ended()) {
      return DeleteControl.defaultDelete();
    }
    if (isLost(subjects, run, status.members())) {
      claims.release(run);
      events.tell(
          run,
          false,
          "LeftBehind",
          "machine or policy is gone, so what the run made is not taken back: look for the tag"
              + " lifeboat-run="
              + run.getMetadata().getUid());
      return DeleteControl.defaultDelete();
    }
    return DeleteControl.noFinalizerRemoval().rescheduleAfter(LOOK);
  }

  /** One look; how the run stands behind it. */
  private RecoveryRunStatus look(RecoveryRun run, Context<RecoveryRun> context) {
    RecoveryRunStatus status = run.getStatus();
    if (status == null || !status.ended()) {
      Conditions conditions =
          new Conditions(
              run.getStatus() == null ? List.of() : run.getStatus().conditions(),
              RunProgress.TYPES,
              run.getMetadata().getGeneration(),
              clock);
      status = next(run, conditions);
      if (StatusWriter.write(run, status, RecoveryRun::new, context)) {
        events.conditions(run, conditions.changed());
      }
    }
    if (status.ended()) {
      claims.release(run);
    }
    return status;
  }

  private RecoveryRunStatus next(RecoveryRun run, Conditions conditions) {
    Optional<RecoveryPlan> plan = start.plan(run);
    return hasBegun(run)
        ? RunProgress.status(
            run,
            driver.advance(run, run.getStatus().members(), onError(plan)),
            conditions,
            clock.instant())
        : start.status(run, plan, conditions);
  }

  private static boolean hasBegun(RecoveryRun run) {
    return run.getStatus() != null && run.getStatus().startTime() != null;
  }

  private static OnError onError(Optional<RecoveryPlan> plan) {
    return plan.map(p -> p.getSpec().onError()).orElse(OnError.Stop);
  }

  /** Whether nothing that is left to undo can be found any more. */
  static boolean isLost(Subjects subjects, RecoveryRun run, List<Member> members) {
    return members.stream()
        .filter(member -> !Members.ended(member))
        .allMatch(member -> isLost(subjects, run, member));
  }

  private static boolean isLost(Subjects subjects, RecoveryRun run, Member member) {
    try {
      return subjects.find(run, member) instanceof Subjects.Found.Refused(var refusal)
          && LOST.contains(refusal.reason());
    } catch (CloudException e) {
      return false;
    }
  }
}
