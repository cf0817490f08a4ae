package dev.lifeboat.operator.agents;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.crds.ProtectedVM;
import dev.lifeboat.wire.identity.CertificateAuthority;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.time.Clock;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient(crud = true, https = false)
class EnrolmentsTest {

  private static final Enrolments.DenyList NOBODY =
      serials -> assertThat(serials).as("denied").isEmpty();

  private KubernetesClient client;
  private SecretRecords records;
  private Enrolments enrolments;

  @BeforeEach
  void make() throws Exception {
    records = new SecretRecords(client, "n");
    enrolments =
        new Enrolments(
            records,
            CertificateAuthority.create("test", Clock.systemUTC()),
            "host:443",
            Clock.systemUTC());
  }

  private static ProtectedVM machine(String uid) {
    ProtectedVM machine = new ProtectedVM();
    machine.setMetadata(
        new ObjectMetaBuilder().withName("m").withNamespace("n").withUid(uid).build());
    return machine;
  }

  private Secret secret() {
    return client.secrets().inNamespace("n").withName("m-agent").get();
  }

  @Test
  void tokenStaysTheSame_whileItIsNotUsed() throws Exception {
    UUID uid = UUID.randomUUID();
    AgentRecord first = enrolments.ensure(machine("a"), uid, NOBODY);
    assertThat(first.machine()).isEqualTo(uid);
    assertThat(secret().getData()).containsKey("command");
    assertThat(enrolments.ensure(machine("a"), uid, NOBODY)).isEqualTo(first);
  }

  @Test
  void closedRecord_hasNoCommand_andIsReplacedForTheNextMachineOfItsName() throws Exception {
    AgentRecord first = enrolments.ensure(machine("a"), UUID.randomUUID(), NOBODY);
    AgentRecord closed = records.change("m", AgentRecord::closed).orElseThrow();
    assertThat(records.change("m", AgentRecord::closed)).contains(closed);
    assertThat(secret().getData()).doesNotContainKey("command");

    UUID uid = UUID.randomUUID();
    AgentRecord second = enrolments.ensure(machine("b"), uid, NOBODY);
    assertThat(second.machine()).isEqualTo(uid);
    assertThat(second.tokenHash()).isNotEmpty().isNotEqualTo(first.tokenHash());
    assertThat(secret().getMetadata().getOwnerReferences().getFirst().getUid()).isEqualTo("b");
    assertThat(secret().getData()).containsKey("command");
  }
}
