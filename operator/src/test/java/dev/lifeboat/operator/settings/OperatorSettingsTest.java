package dev.lifeboat.operator.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OperatorSettingsTest {

  private static final Map<String, String> RIGHT =
      Map.of(
          "LIFEBOAT_NAMESPACE", "dr",
          "LIFEBOAT_POD_NAME", "operator-0",
          "LIFEBOAT_AGENT_ENDPOINT", "dr.example.com:443",
          "LIFEBOAT_REPLICATOR_IMAGE", "lifeboat/replicator:0.1.0",
          "PATH", "/bin");

  @Test
  void readsWhatIsNeeded_therestHasDefaults() {
    OperatorSettings settings = OperatorSettings.read(RIGHT);
    assertThat(settings.agentHost()).isEqualTo("dr.example.com");
    assertThat(settings.managementPort()).isEqualTo(8443);
    assertThat(settings.azure().resourceManager()).hasToString("https://management.azure.com/");
    assertThat(settings.leaderElection()).isTrue();
    assertThat(settings.image().pullSecrets()).isEmpty();
  }

  @Test
  void takesSeveralPullSecrets() {
    Map<String, String> environment = new HashMap<>(RIGHT);
    environment.put("LIFEBOAT_IMAGE_PULL_SECRETS", "one, two,");
    assertThat(OperatorSettings.read(environment).image().pullSecrets())
        .containsExactly("one", "two");
  }

  @Test
  void namesEveryProblemAtOnce() {
    Map<String, String> wrong = new HashMap<>(RIGHT);
    wrong.remove("LIFEBOAT_NAMESPACE");
    wrong.put("LIFEBOAT_AGENT_ENDPOINT", "dr.example.com");
    wrong.put("LIFEBOAT_METRICS_PORT", "99999");
    wrong.put("LIFEBOAT_AZURE_ENDPOINT", "http://plain");
    wrong.put("LIFEBOAT_TYPO", "x");
    assertThatThrownBy(() -> OperatorSettings.read(wrong))
        .hasMessageContainingAll(
            "LIFEBOAT_NAMESPACE must be set",
            "LIFEBOAT_AGENT_ENDPOINT must be host:port",
            "LIFEBOAT_METRICS_PORT must be a port",
            "LIFEBOAT_AZURE_ENDPOINT must be an https:// address",
            "LIFEBOAT_TYPO is not known");
  }
}
