package dev.lifeboat.operator.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.crds.ProtectedVM;
import dev.lifeboat.crds.RecoveryRun;
import dev.lifeboat.crds.ReplicationPolicy;
import dev.lifeboat.crds.ReplicationPolicySpec;
import dev.lifeboat.crds.SecretRef;
import dev.lifeboat.crds.VaultSpec;
import dev.lifeboat.operator.settings.OperatorSettings;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class KeeperJobsTest {

  @Test
  void imageIsFetchedAsTheSettingsSay() {
    OperatorSettings.Image image =
        new OperatorSettings.Image("registry.example/replicator:1", "Always", List.of("registry"));
    PodSpec pod =
        KeeperJobs.job(run(), subject(), order(), image).getSpec().getTemplate().getSpec();
    assertThat(pod.getContainers().getFirst().getImage()).isEqualTo(image.name());
    assertThat(pod.getContainers().getFirst().getImagePullPolicy()).isEqualTo("Always");
    assertThat(pod.getImagePullSecrets())
        .extracting(LocalObjectReference::getName)
        .containsExactly("registry");
  }

  private static RecoveryRun run() {
    RecoveryRun run = new RecoveryRun();
    run.setMetadata(
        new ObjectMetaBuilder().withName("run").withNamespace("n").withUid("run-1").build());
    return run;
  }

  private static MemberSubject subject() {
    ProtectedVM machine = new ProtectedVM();
    machine.setMetadata(new ObjectMetaBuilder().withName("m").withNamespace("n").build());
    ReplicationPolicy policy = new ReplicationPolicy();
    policy.setMetadata(new ObjectMetaBuilder().withName("gold").withNamespace("n").build());
    VaultSpec vault =
        new VaultSpec("https://a.example", null, null, new SecretRef("recovery-key"), null, null);
    policy.setSpec(new ReplicationPolicySpec(vault, null, null, null, null));
    return new MemberSubject(
        machine, policy, new UUID(1, 2), new FakeVault(), new FakeCloud(), null);
  }

  private static Keepers.Order order() {
    return new Keepers.Order(1, 1L << 20, "l/1/1", URI.create("https://disk.example/1?sig=secret"));
  }
}
