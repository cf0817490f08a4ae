package dev.lifeboat.operator.vaults;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient(crud = true, https = false)
class KeptDenialsTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final String SOON = NOW.plusSeconds(60).toString();
  private static final String LATER = NOW.plusSeconds(600).toString();

  private KubernetesClient client;

  private KeptDenials at(Instant time) {
    return new KeptDenials(client, "n", Clock.fixed(time, ZoneOffset.UTC));
  }

  private List<Secret> secrets() {
    return client.secrets().inNamespace("n").list().getItems();
  }

  @Test
  void keptSerials_areDeniedInEveryVault_untilTheyEnd() throws IOException {
    at(NOW).keep("a", Map.of("1a", SOON, "2b", LATER));
    at(NOW).keep("b", Map.of("3c", SOON));
    for (int vault = 0; vault < 2; vault++) {
      FakeDenyList list = new FakeDenyList();
      at(NOW).denyIn(list);
      assertThat(list.denied).containsExactly("1a", "2b", "3c");
    }

    FakeDenyList list = new FakeDenyList();
    at(NOW.plusSeconds(60)).denyIn(list);
    assertThat(list.denied).as("of these one has not ended").containsExactly("2b");
    assertThat(secrets()).hasSize(1);
    at(NOW.plusSeconds(600)).denyIn(list);
    assertThat(secrets()).isEmpty();
  }

  @Test
  void keepingTwice_isKeepingOnce() throws IOException {
    at(NOW).keep("a", Map.of("1a", SOON));
    at(NOW).keep("a", Map.of("1a", SOON));
    assertThat(secrets()).hasSize(1);
  }

  @Test
  void whereNothingIsKept_theListIsNotAskedFor() throws IOException {
    FakeDenyList list = new FakeDenyList();
    list.unreachable = true;
    at(NOW).denyIn(list);
    assertThat(list.denied).isEmpty();
  }
}
