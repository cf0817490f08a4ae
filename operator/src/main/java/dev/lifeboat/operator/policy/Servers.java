package dev.lifeboat.operator.policy;

import dev.lifeboat.crds.ReplicationPolicy;
import dev.lifeboat.operator.settings.OperatorSettings;
import dev.lifeboat.wire.identity.IdentityException;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** Makes the objects of a policy's process servers what the policy asks for. */
final class Servers {

  private final KubernetesClient client;
  private final OperatorSettings.Image image;
  private final ServerSecrets secrets;
  private final Applier applier;

  Servers(KubernetesClient client, OperatorSettings.Image image, ServerSecrets secrets) {
    this.client = client;
    this.image = image;
    this.secrets = secrets;
    this.applier = new Applier(client);
  }

  /**
   * What the API server refuses; empty if all is as asked for. Unseen it would end replication with
   * the certificates that pods have, for renewed ones reach them through what was refused.
   *
   * @throws KubernetesClientException if the API server does not answer, which says nothing about
   *     the policy
   */
  Optional<PolicyPlanner.Problem> run(ReplicationPolicy policy, int wanted)
      throws IdentityException {
    try {
      apply(policy, wanted);
      return Optional.empty();
    } catch (KubernetesClientException e) {
      if (e.getStatus() == null) {
        throw e;
      }
      return Optional.of(
          new PolicyPlanner.Problem(
              "ServersRefused",
              "the API server refuses what the process servers need: mend what it says, here or in"
                  + " the cluster; it is tried again: "
                  + e.getStatus().getMessage()));
    }
  }

  private void apply(ReplicationPolicy policy, int wanted) throws IdentityException {
    ServerResources shapes =
        new ServerResources(policy, image, new ServerResources.Facts(wanted, "", ""));
    String serial = secrets.identity(policy, shapes.metadata(ServerNames.identity(policy)));
    secrets.volumeKey(policy, shapes.metadata(ServerNames.volumeKey(policy)));
    ServerResources.Facts facts = new ServerResources.Facts(wanted, account(policy), serial);
    for (HasMetadata wantedObject : new ServerResources(policy, image, facts).all()) {
      var _ = applier.apply(wantedObject);
    }
  }

  /** The account of a shared key; empty for other credentials. */
  private String account(ReplicationPolicy policy) {
    if (policy.getSpec().vault().credentialSecretRef() == null) {
      return "";
    }
    Secret secret =
        client
            .secrets()
            .inNamespace(policy.getMetadata().getNamespace())
            .withName(policy.getSpec().vault().credentialSecretRef().name())
            .get();
    boolean shared =
        secret != null && secret.getData() != null && !secret.getData().containsKey("sas");
    return shared && secret.getData().containsKey("account")
        ? new String(
                Base64.getDecoder().decode(secret.getData().get("account")), StandardCharsets.UTF_8)
            .strip()
        : "";
  }
}
