package dev.lifeboat.testbed.control;

import com.marcnuri.helm.Helm;
import dev.lifeboat.operator.OperatorProgram;
import dev.lifeboat.operator.azure.AzureSettings;
import dev.lifeboat.operator.cloud.CloudException;
import dev.lifeboat.operator.secret.KubernetesSecrets;
import dev.lifeboat.operator.settings.OperatorSettings;
import dev.lifeboat.operator.vaults.SecretVaults;
import dev.lifeboat.testbed.cluster.ClusterFixture;
import dev.lifeboat.testbed.cluster.Kubectl;
import dev.lifeboat.testbed.network.FreePort;
import dev.lifeboat.testbed.process.ProjectFolder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * The operator in this JVM, with the rights of the chart's service account; the chart's own is
 * scaled down. No cloud lets it in.
 */
final class ChartOperator implements AutoCloseable {
  private final KubernetesClient client;
  private final OperatorProgram operator;

  private ChartOperator(KubernetesClient client, OperatorProgram operator) {
    this.client = client;
    this.operator = operator;
  }

  static ChartOperator start(ClusterFixture site) throws Exception {
    install(site.kubectl(), site.folder());
    Config config =
        Config.fromKubeconfig(
            Files.readString(site.cluster().kubeconfig(), StandardCharsets.UTF_8));
    config.setClientKeyAlgo("EC");
    config.setImpersonateUsername("system:serviceaccount:default:lifeboat-operator");
    KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build();
    int management = FreePort.next();
    OperatorSettings settings =
        new OperatorSettings(
            "default",
            "test",
            "localhost:" + management,
            management,
            0,
            new OperatorSettings.Image("lifeboat/none:0", "Never", List.of("registry")),
            AzureSettings.publicCloud(),
            Optional.empty(),
            Files.createDirectory(site.folder().resolve("scratch")),
            true);
    OperatorProgram.World world =
        new OperatorProgram.World(
            new SecretVaults(new KubernetesSecrets(client), settings.scratch()),
            policy -> {
              throw new CloudException(
                  CloudException.Reason.CredentialRefused, "renew the credential");
            },
            Clock.systemUTC(),
            () -> {
              throw new AssertionError("nobody else wants to lead");
            });
    return new ChartOperator(client, OperatorProgram.start(settings, client, world));
  }

  private static void install(Kubectl kubectl, Path folder) throws IOException {
    String chart =
        new Helm(ProjectFolder.root().resolve("charts/lifeboat"))
            .template()
            .withKubeVersion("v1.36.0")
            .withName("lifeboat")
            .withNamespace("default")
            .set("agentEndpoint.address", "localhost:443")
            .set("agentEndpoint.serviceType", "ClusterIP")
            .call();
    Path rendered = Files.writeString(folder.resolve("chart.yaml"), chart);
    kubectl.run("apply", "--server-side", "--filename=" + rendered);
    kubectl.run("scale", "deployment/lifeboat-operator", "--replicas=0");
    kubectl.run("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s");
  }

  int managementPort() {
    return operator.managementPort();
  }

  @Override
  public void close() throws IOException {
    operator.close();
    client.close();
  }
}
