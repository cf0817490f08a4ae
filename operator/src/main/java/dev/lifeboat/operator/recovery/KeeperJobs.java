package dev.lifeboat.operator.recovery;

import dev.lifeboat.crds.RecoveryRun;
import dev.lifeboat.crds.ReplicationPolicy;
import dev.lifeboat.operator.agents.Tokens;
import dev.lifeboat.operator.policy.Pods;
import dev.lifeboat.operator.policy.VaultMounts;
import dev.lifeboat.operator.settings.OperatorSettings;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a keeper's Job is made of. Pure. */
final class KeeperJobs {

  static final String RUN = "dr.lifeboat.dev/run";
  static final String MACHINE = "dr.lifeboat.dev/machine";
  static final String DISK = "dr.lifeboat.dev/disk";

  private static final int TRIES = 4;
  private static final String SCRATCH = "/scratch";

  private KeeperJobs() {}

  /** The same for the same run, machine and disk: a second start finds the first. */
  static String name(RecoveryRun run, String machine, int disk) {
    String hash = Tokens.hash(run.getMetadata().getUid() + "/" + machine + "/" + disk);
    return "hydrate-" + hash.substring(0, 20);
  }

  static Map<String, String> labels(RecoveryRun run, String machine) {
    return Map.of(
        RUN,
        run.getMetadata().getUid(),
        MACHINE,
        Tokens.hash(machine).substring(0, 20),
        "app.kubernetes.io/name",
        "lifeboat-keeper",
        "app.kubernetes.io/managed-by",
        "lifeboat");
  }

  private static ObjectMeta metadata(RecoveryRun run, MemberSubject subject, int disk) {
    String machine = subject.machine().getMetadata().getName();
    return new ObjectMetaBuilder()
        .withName(name(run, machine, disk))
        .withNamespace(run.getMetadata().getNamespace())
        .withLabels(labels(run, machine))
        .addToLabels(DISK, Integer.toString(disk))
        .withOwnerReferences(
            new OwnerReferenceBuilder()
                .withApiVersion(run.getApiVersion())
                .withKind(run.getKind())
                .withName(run.getMetadata().getName())
                .withUid(run.getMetadata().getUid())
                .withController(true)
                .build())
        .build();
  }

  static Secret secret(RecoveryRun run, MemberSubject subject, Keepers.Order order) {
    return new SecretBuilder()
        .withMetadata(metadata(run, subject, order.disk()))
        .withStringData(Map.of("url", order.target().toString()))
        .build();
  }

  static Job job(
      RecoveryRun run, MemberSubject subject, Keepers.Order order, OperatorSettings.Image image) {
    ReplicationPolicy policy = subject.policy();
    List<Volume> volumes = new ArrayList<>(VaultMounts.volumes(policy));
    ObjectMeta metadata = metadata(run, subject, order.disk());
    volumes.add(VaultMounts.secret("target", metadata.getName()));
    volumes.add(emptyDir("scratch"));
    volumes.add(emptyDir("tmp"));
    return new JobBuilder()
        .withMetadata(metadata)
        .withNewSpec()
        .withBackoffLimit(TRIES)
        .withNewTemplate()
        .withNewMetadata()
        .withLabels(metadata.getLabels())
        .endMetadata()
        .withNewSpec()
        .withRestartPolicy("Never")
        .withAutomountServiceAccountToken(false)
        .withEnableServiceLinks(false)
        .withImagePullSecrets(Pods.pullSecrets(image))
        .withSecurityContext(Pods.pod())
        .withContainers(container(subject, order, image))
        .withVolumes(volumes)
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  private static Volume emptyDir(String name) {
    return new VolumeBuilder().withName(name).withNewEmptyDir().endEmptyDir().build();
  }

  private static Container container(
      MemberSubject subject, Keepers.Order order, OperatorSettings.Image image) {
    List<VolumeMount> mounts = new ArrayList<>(VaultMounts.mounts(subject.policy()));
    mounts.add(VaultMounts.mount("target"));
    mounts.add(new VolumeMountBuilder().withName("scratch").withMountPath(SCRATCH).build());
    mounts.add(new VolumeMountBuilder().withName("tmp").withMountPath("/tmp").build());
    return new ContainerBuilder()
        .withName("keeper")
        .withImage(image.name())
        .withImagePullPolicy(image.pullPolicy())
        .withArgs(
            "keeper",
            "hydrate",
            "--config",
            VaultMounts.VAULT_FILE,
            "--machine",
            subject.uid().toString(),
            "--point",
            order.point(),
            "--disk",
            Integer.toString(order.disk()),
            "--to",
            "blob:@/etc/lifeboat/target/url",
            "--scratch",
            SCRATCH,
            "--force")
        .withNewResources()
        .addToRequests(Map.of("cpu", new Quantity("250m"), "memory", new Quantity("512Mi")))
        .addToLimits(Map.of("memory", new Quantity("1536Mi")))
        .endResources()
        .withSecurityContext(Pods.container())
        .withVolumeMounts(mounts)
        .build();
  }
}
