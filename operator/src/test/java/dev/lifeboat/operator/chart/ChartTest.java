package dev.lifeboat.operator.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The chart through Helm itself, offline. */
class ChartTest {

  private static final Path CHART = Path.of("../charts/lifeboat");

  private static TemplateCommand template() {
    return chart().withNamespace("recovery").set("agentEndpoint.address", "dr.example.com:443");
  }

  private static TemplateCommand chart() {
    return new Helm(CHART).template().withKubeVersion("v1.36.0").withName("dr");
  }

  @Test
  void lintIsContent() {
    assertThat(new Helm(CHART).lint().strict().call().isFailed()).isFalse();
  }

  @Test
  void everythingIsNamespacedAndRestricted() {
    String all = template().call();
    assertThat(all)
        .contains(
            "runAsNonRoot: true",
            "readOnlyRootFilesystem: true",
            "allowPrivilegeEscalation: false",
            "type: RuntimeDefault",
            "helm.sh/resource-policy: keep",
            "value: \"dr.example.com:443\"")
        .doesNotContain("kind: ClusterRoleBinding", "kind: ServiceMonitor");
  }

  @Test
  void optionsAreSwitched() {
    assertThat(
            template()
                .set("crds.install", false)
                .set("networkPolicy.enabled", false)
                .set("aggregatedRoles.create", false)
                .set("serviceMonitor.enabled", true)
                .call())
        .contains("kind: ServiceMonitor")
        .doesNotContain("CustomResourceDefinition", "kind: NetworkPolicy", "kind: ClusterRole");
  }

  @Test
  void pullSecretsReachTheOperatorAndWhatItMakes() {
    assertThat(
            template()
                .set("image.pullSecrets[0].name", "one")
                .set("image.pullSecrets[1].name", "two")
                .call())
        .contains("- name: one", "value: \"one,two\"");
  }

  @Test
  void wrongValueIsRefused() {
    assertThatThrownBy(() -> template().set("agentEndpoint.serviceType", "Ingress").call())
        .hasMessageContaining("serviceType");
    assertThatThrownBy(() -> chart().call())
        .hasMessageContaining("agentEndpoint.address must be host:port");
  }

  @Test
  void crdsOfTheChartAreTheGeneratedOnes() throws IOException {
    try (Stream<Path> manifests = Files.list(Path.of("../crds/manifests"))) {
      for (Path manifest : manifests.toList()) {
        String wanted =
            "{{- if .Values.crds.install }}\n"
                + Files.readString(manifest)
                    .replaceFirst(
                        "(?m)^metadata:$",
                        "metadata:\n  annotations:\n    helm.sh/resource-policy: keep")
                + "{{- end }}\n";
        Path copy = CHART.resolve("templates/crds").resolve(manifest.getFileName());
        if (Boolean.getBoolean("lifeboat.writeManifests")) {
          Files.writeString(copy, wanted);
        }
        assertThat(copy).hasContent(wanted);
      }
    }
  }
}
