package dev.lifeboat.operator.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.crds.ReplicationPolicy;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import org.junit.jupiter.api.Test;

class ServerNamesTest {

  private static final int LABEL = 63;
  private static final int MOST_SERVERS = 16;

  /** A hash of 32 bits in decimal digits, as the StatefulSet's controller appends it. */
  private static final String REVISION = "-4294967295";

  @Test
  void longestName_fitsIntoServicesAndLabels() {
    ReplicationPolicy policy = new ReplicationPolicy();
    policy.setMetadata(
        new ObjectMetaBuilder().withName("p".repeat(ReplicationPolicy.NAME_LIMIT)).build());
    assertThat(ServerNames.set(policy) + REVISION).hasSize(LABEL);
    assertThat(ServerNames.server(policy, MOST_SERVERS - 1)).hasSizeLessThanOrEqualTo(LABEL);
    assertThat(ServerNames.labels(policy).values())
        .allSatisfy(value -> assertThat(value).hasSizeLessThanOrEqualTo(LABEL));
  }
}
