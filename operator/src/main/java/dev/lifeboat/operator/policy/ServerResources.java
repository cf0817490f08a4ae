package dev.lifeboat.operator.policy;

import dev.lifeboat.crds.ProcessServersSpec;
import dev.lifeboat.crds.ProcessServersSpec.ServiceType;
import dev.lifeboat.crds.ReplicationPolicy;
import dev.lifeboat.operator.settings.OperatorSettings;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServicePortBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The objects that a policy's process servers are made of. Pure. */
final class ServerResources {

  private static final String CACHE = "cache";

  /**
   * What stands in other objects.
   *
   * @param replicas servers that are wanted
   * @param account of a shared key; empty for other credentials
   * @param certificateSerial a new one restarts the servers, one after the other
   */
  record Facts(int replicas, String account, String certificateSerial) {}

  private final ReplicationPolicy policy;
  private final ProcessServersSpec spec;
  private final OperatorSettings.Image image;
  private final Facts facts;

  ServerResources(ReplicationPolicy policy, OperatorSettings.Image image, Facts facts) {
    this.policy = policy;
    this.spec = policy.getSpec().processServers();
    this.image = image;
    this.facts = facts;
  }

  List<HasMetadata> all() {
    List<HasMetadata> all = new ArrayList<>();
    all.add(configuration());
    for (int server = 0; server < facts.replicas(); server++) {
      all.add(service(server));
    }
    all.add(networkPolicy());
    all.add(statefulSet());
    return all;
  }

  ObjectMeta metadata(String name) {
    return new ObjectMetaBuilder()
        .withName(name)
        .withNamespace(policy.getMetadata().getNamespace())
        .withLabels(ServerNames.labels(policy))
        .withOwnerReferences(
            new OwnerReferenceBuilder()
                .withApiVersion(policy.getApiVersion())
                .withKind(policy.getKind())
                .withName(policy.getMetadata().getName())
                .withUid(policy.getMetadata().getUid())
                .withController(true)
                .build())
        .build();
  }

  private HasMetadata configuration() {
    String vault =
        VaultMounts.configuration(
            policy.getSpec().vault(), !facts.account().isEmpty(), facts.account());
    String server =
        "identity: /etc/lifeboat/identity\n"
            + "listen: {address: 0.0.0.0, port: "
            + ServerNames.STREAM_PORT
            + "}\n"
            + "metrics: {address: 0.0.0.0, port: "
            + ServerNames.METRICS_PORT
            + "}\n"
            + "cache: {directory: /var/lib/lifeboat/cache,"
            + " volumeKey: /etc/lifeboat/volume-key/volume.key}\n"
            + "log: json\n"
            + vault;
    return new ConfigMapBuilder()
        .withMetadata(metadata(ServerNames.configuration(policy)))
        .withData(Map.of("server.yaml", server, "vault.yaml", vault))
        .build();
  }

  private HasMetadata service(int server) {
    ServicePortBuilder port =
        new ServicePortBuilder()
            .withName("stream")
            .withPort(ServerNames.STREAM_PORT)
            .withNewTargetPort(ServerNames.STREAM_PORT)
            .withProtocol("TCP");
    if (spec.serviceType() == ServiceType.NodePort && spec.nodePortBase() != null) {
      port.withNodePort(spec.nodePortBase() + server);
    }
    Map<String, String> selector = new HashMap<>(ServerNames.labels(policy));
    selector.remove("app.kubernetes.io/managed-by");
    selector.put("statefulset.kubernetes.io/pod-name", ServerNames.server(policy, server));
    return new ServiceBuilder()
        .withMetadata(metadata(ServerNames.server(policy, server)))
        .withNewSpec()
        .withType(spec.serviceType().name())
        .withSelector(selector)
        .withPorts(port.build())
        .endSpec()
        .build();
  }

  private HasMetadata networkPolicy() {
    return new NetworkPolicyBuilder()
        .withMetadata(metadata(ServerNames.set(policy)))
        .withNewSpec()
        .withNewPodSelector()
        .withMatchLabels(selector())
        .endPodSelector()
        .withPolicyTypes("Ingress")
        .addNewIngress()
        .addNewPort()
        .withProtocol("TCP")
        .withNewPort(ServerNames.STREAM_PORT)
        .endPort()
        .endIngress()
        .addNewIngress()
        .addNewFrom()
        .withNewPodSelector()
        .endPodSelector()
        .endFrom()
        .addNewPort()
        .withProtocol("TCP")
        .withNewPort(ServerNames.METRICS_PORT)
        .endPort()
        .endIngress()
        .endSpec()
        .build();
  }

  private Map<String, String> selector() {
    Map<String, String> labels = new HashMap<>(ServerNames.labels(policy));
    labels.remove("app.kubernetes.io/managed-by");
    return labels;
  }

  private StatefulSet statefulSet() {
    List<Volume> volumes = new ArrayList<>(VaultMounts.volumes(policy));
    volumes.add(VaultMounts.secret("identity", ServerNames.identity(policy)));
    volumes.add(VaultMounts.secret("volume-key", ServerNames.volumeKey(policy)));
    volumes.add(
        new io.fabric8.kubernetes.api.model.VolumeBuilder()
            .withName("tmp")
            .withNewEmptyDir()
            .endEmptyDir()
            .build());
    return new StatefulSetBuilder()
        .withMetadata(metadata(ServerNames.set(policy)))
        .withNewSpec()
        .withReplicas(facts.replicas())
        .withServiceName(ServerNames.set(policy))
        .withPodManagementPolicy("Parallel")
        .withNewPersistentVolumeClaimRetentionPolicy()
        .withWhenDeleted("Delete")
        .withWhenScaled("Retain")
        .endPersistentVolumeClaimRetentionPolicy()
        .withNewSelector()
        .withMatchLabels(selector())
        .endSelector()
        .withNewTemplate()
        .withNewMetadata()
        .withLabels(ServerNames.labels(policy))
        .addToAnnotations("dr.lifeboat.dev/certificate", facts.certificateSerial())
        .endMetadata()
        .withNewSpec()
        .withAutomountServiceAccountToken(false)
        .withEnableServiceLinks(false)
        .withImagePullSecrets(Pods.pullSecrets(image))
        .withSecurityContext(Pods.pod())
        .withTerminationGracePeriodSeconds(60L)
        .withContainers(container())
        .withVolumes(volumes)
        .endSpec()
        .endTemplate()
        .withVolumeClaimTemplates(
            new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withName(CACHE)
                .withLabels(selector())
                .endMetadata()
                .withNewSpec()
                .withAccessModes("ReadWriteOnce")
                .withStorageClassName(spec.storageClassName())
                .withNewResources()
                .addToRequests("storage", new Quantity(spec.cacheSize()))
                .endResources()
                .endSpec()
                .build())
        .endSpec()
        .build();
  }

  private io.fabric8.kubernetes.api.model.Container container() {
    List<VolumeMount> mounts = new ArrayList<>(VaultMounts.mounts(policy));
    mounts.add(VaultMounts.mount("identity"));
    mounts.add(VaultMounts.mount("volume-key"));
    mounts.add(
        new VolumeMountBuilder().withName(CACHE).withMountPath("/var/lib/lifeboat/cache").build());
    mounts.add(new VolumeMountBuilder().withName("tmp").withMountPath("/tmp").build());
    return new ContainerBuilder()
        .withName("process-server")
        .withImage(image.name())
        .withImagePullPolicy(image.pullPolicy())
        .withArgs("process-server", "--config", "/etc/lifeboat/configuration/server.yaml")
        .addNewPort()
        .withName("stream")
        .withContainerPort(ServerNames.STREAM_PORT)
        .withProtocol("TCP")
        .endPort()
        .addNewPort()
        .withName("metrics")
        .withContainerPort(ServerNames.METRICS_PORT)
        .withProtocol("TCP")
        .endPort()
        .withNewReadinessProbe()
        .withNewHttpGet()
        .withPath("/ready")
        .withNewPort(ServerNames.METRICS_PORT)
        .endHttpGet()
        .withPeriodSeconds(5)
        .endReadinessProbe()
        .withNewLivenessProbe()
        .withNewHttpGet()
        .withPath("/health")
        .withNewPort(ServerNames.METRICS_PORT)
        .endHttpGet()
        .withPeriodSeconds(10)
        .withFailureThreshold(6)
        .endLivenessProbe()
        .withNewResources()
        .addToRequests(Map.of("cpu", new Quantity("250m"), "memory", new Quantity("512Mi")))
        .addToLimits(Map.of("memory", new Quantity("1536Mi")))
        .endResources()
        .withSecurityContext(Pods.container())
        .withVolumeMounts(mounts)
        .build();
  }
}
