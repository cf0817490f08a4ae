package dev.lifeboat.operator.recovery;

import dev.lifeboat.crds.RecoveryRun;
import dev.lifeboat.operator.settings.OperatorSettings;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Keepers as Jobs, one per disk. */
final class KubernetesKeepers implements Keepers {

  private static final int CONFLICT = 409;

  private final KubernetesClient client;
  private final OperatorSettings.Image image;

  KubernetesKeepers(KubernetesClient client, OperatorSettings.Image image) {
    this.client = client;
    this.image = image;
  }

  @Override
  public Map<Integer, Observed.JobState> jobs(RecoveryRun run, String machine) {
    Map<Integer, Observed.JobState> found = new HashMap<>();
    client
        .batch()
        .v1()
        .jobs()
        .inNamespace(run.getMetadata().getNamespace())
        .withLabels(KeeperJobs.labels(run, machine))
        .list()
        .getItems()
        .stream()
        .filter(job -> job.getMetadata().getDeletionTimestamp() == null)
        .forEach(job ->
            found.put(
                Integer.parseInt(job.getMetadata().getLabels().get(KeeperJobs.DISK)), state(job)));
    return found;
  }

  static Observed.JobState state(Job job) {
    List<JobCondition> conditions =
        job.getStatus() == null || job.getStatus().getConditions() == null
            ? List.of()
            : job.getStatus().getConditions();
    Optional<JobCondition> end =
        conditions.stream()
            .filter(c -> c.getStatus().equals("True"))
            .filter(c -> c.getType().equals("Complete") || c.getType().equals("Failed"))
            .findFirst();
    if (end.isEmpty()) {
      return new Observed.JobState(Observed.JobPhase.Running, "");
    }
    return end.get().getType().equals("Complete")
        ? new Observed.JobState(Observed.JobPhase.Succeeded, "")
        : new Observed.JobState(
            Observed.JobPhase.Failed,
            end.get().getMessage()
                + "; the log of its last pod says why: kubectl logs job/"
                + job.getMetadata().getName());
  }

  /** The Secret first: a Job without it would wait for ever. */
  @Override
  public void start(RecoveryRun run, MemberSubject subject, Order order) {
    make(KeeperJobs.secret(run, subject, order));
    make(KeeperJobs.job(run, subject, order, image));
  }

  private void make(HasMetadata resource) {
    try {
      client.resource(resource).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() != CONFLICT) {
        throw e;
      }
    }
  }

  @Override
  public void remove(RecoveryRun run, String machine) {
    String namespace = run.getMetadata().getNamespace();
    Map<String, String> labels = KeeperJobs.labels(run, machine);
    client
        .batch()
        .v1()
        .jobs()
        .inNamespace(namespace)
        .withLabels(labels)
        .withPropagationPolicy(DeletionPropagation.BACKGROUND)
        .delete();
    client.secrets().inNamespace(namespace).withLabels(labels).delete();
  }
}
