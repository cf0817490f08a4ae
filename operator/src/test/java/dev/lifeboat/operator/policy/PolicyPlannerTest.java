package dev.lifeboat.operator.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.crds.Condition;
import dev.lifeboat.crds.ReplicationPolicy;
import dev.lifeboat.crds.ReplicationPolicyStatus;
import dev.lifeboat.operator.policy.PolicyPlanner.Problem;
import dev.lifeboat.operator.policy.PolicyPlanner.Seen;
import dev.lifeboat.operator.status.Conditions;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PolicyPlannerTest {

  private static final Optional<Problem> FINE = Optional.empty();
  private static final Optional<Problem> NO_VAULT =
      Optional.of(new Problem("VaultUnusable", "renew it"));
  private static final Optional<Problem> REFUSED =
      Optional.of(new Problem("ServersRefused", "the port is taken"));
  private static final List<String> ONE = List.of("10.0.0.1:9443");

  static Stream<Arguments> table() {
    return Stream.of(
        Arguments.of(seen(FINE, FINE, 1, ONE), "True Ready", "True Reached", "True Running"),
        Arguments.of(
            seen(FINE, FINE, 0, List.of()),
            "False ServersNotReady",
            "True Reached",
            "False ServersStarting"),
        Arguments.of(
            seen(FINE, FINE, 1, List.of()),
            "False ServersNotReady",
            "True Reached",
            "False NoAddress"),
        Arguments.of(
            seen(NO_VAULT, FINE, 0, List.of()),
            "False VaultUnusable",
            "False VaultUnusable",
            "False VaultNotReady"),
        Arguments.of(
            seen(NO_VAULT, FINE, 1, ONE),
            "False VaultUnusable",
            "False VaultUnusable",
            "True Running"),
        Arguments.of(
            seen(FINE, REFUSED, 0, List.of()),
            "False ServersRefused",
            "True Reached",
            "False ServersRefused"),
        Arguments.of(
            seen(FINE, REFUSED, 1, ONE),
            "False ServersRefused",
            "True Reached",
            "False ServersRefused"));
  }

  private static Seen seen(
      Optional<Problem> vault, Optional<Problem> refused, int ready, List<String> addresses) {
    return new Seen(vault, refused, 7, 1, ready, addresses);
  }

  @ParameterizedTest
  @MethodSource("table")
  void saysWhatWasSeen(Seen seen, String ready, String vault, String servers) {
    assertThat(status(seen).conditions())
        .extracting(c -> c.status() + " " + c.reason())
        .containsExactly(ready, vault, servers);
  }

  @Test
  void refusedServers_areToldInTheApiServersWords() {
    assertThat(status(seen(FINE, REFUSED, 1, ONE)).conditions())
        .extracting(Condition::message)
        .contains("the port is taken", "the port is taken");
  }

  @Test
  void refusedServers_countAsTheyRun() {
    ReplicationPolicyStatus status = status(seen(FINE, REFUSED, 1, ONE));
    assertThat(status.servers()).isEqualTo("1/1");
    assertThat(status.machines()).isEqualTo(7);
    assertThat(status.addresses()).isEqualTo(ONE);
  }

  private static ReplicationPolicyStatus status(Seen seen) {
    ReplicationPolicy policy = new ReplicationPolicy();
    policy.setMetadata(new ObjectMetaBuilder().withName("gold").withGeneration(3L).build());
    return PolicyPlanner.status(
        policy, seen, new Conditions(List.of(), PolicyPlanner.TYPES, 3, Clock.systemUTC()));
  }
}
