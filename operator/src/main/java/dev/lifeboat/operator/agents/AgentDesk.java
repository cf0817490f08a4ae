package dev.lifeboat.operator.agents;

import dev.lifeboat.wire.identity.CertificateAuthority;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.util.function.Consumer;

/** Puts agent management together. */
public final class AgentDesk {

  private AgentDesk() {}

  /**
   * Management of the agents of one namespace.
   *
   * @param changed is told the name of a ProtectedVM of which something was learned
   */
  public static AgentManagement open(
      KubernetesClient client,
      String namespace,
      CertificateAuthority authority,
      AgentReports reports,
      Consumer<String> changed,
      Clock clock) {
    return new AgentManagement(
        authority,
        new SecretRecords(client, namespace),
        reports,
        new KubernetesAssignments(client, namespace, changed),
        clock,
        CertificateAuthority.VALIDITY);
  }
}
