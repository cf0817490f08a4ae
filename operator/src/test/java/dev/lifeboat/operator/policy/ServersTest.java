package dev.lifeboat.operator.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lifeboat.crds.ReplicationPolicy;
import dev.lifeboat.operator.policy.PolicyPlanner.Problem;
import dev.lifeboat.operator.settings.OperatorSettings;
import dev.lifeboat.wire.identity.CertificateAuthority;
import dev.lifeboat.wire.identity.IdentityException;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServersTest {

  private static final Clock CLOCK = Clock.systemUTC();

  private static final ReplicationPolicy POLICY =
      Serialization.unmarshal(
          """
          apiVersion: dr.lifeboat.dev/v1alpha1
          kind: ReplicationPolicy
          metadata: {name: gold, namespace: default, uid: u}
          spec:
            vault:
              endpoint: https://account.blob.core.windows.net
              recoveryKeySecretRef: {name: recovery-key}
          """,
          ReplicationPolicy.class);

  @TempDir private Path folder;
  private RefusingApiServer api;
  private KubernetesClient client;
  private Servers servers;

  @BeforeEach
  void start() throws IOException, IdentityException {
    api = RefusingApiServer.start();
    client = api.client();
    CertificateAuthority authority = CertificateAuthority.create(folder, "test", CLOCK);
    servers =
        new Servers(
            client,
            new OperatorSettings.Image("image", "Never", List.of("registry")),
            new ServerSecrets(client, authority, CLOCK));
  }

  @AfterEach
  void stop() {
    client.close();
    api.close();
  }

  @Test
  void takenObjects_areNoProblem() throws IdentityException {
    assertThat(servers.run(POLICY, 2)).isEmpty();
    assertThat(api.written())
        .containsExactly(
            "secrets",
            "secrets",
            "configmaps",
            "services",
            "services",
            "networkpolicies",
            "statefulsets");
  }

  @Test
  void refusedStatefulSet_isToldInTheApiServersWords() throws IdentityException {
    String said = "StatefulSet.apps \"gold-ps\" is invalid: spec: Forbidden";
    api.refuse("statefulsets", said);
    assertThat(servers.run(POLICY, 1))
        .contains(
            new Problem(
                "ServersRefused",
                "the API server refuses what the process servers need: mend what it says, here or"
                    + " in the cluster; it is tried again: "
                    + said));
  }

  @Test
  void refusedService_isToldToo() throws IdentityException {
    api.refuse("services", "provided port is already allocated");
    assertThat(servers.run(POLICY, 1).orElseThrow().message())
        .endsWith(": provided port is already allocated");
  }

  @Test
  void silentApiServer_isNoRefusal() {
    api.close();
    assertThatThrownBy(() -> servers.run(POLICY, 1)).isInstanceOf(KubernetesClientException.class);
  }
}
