package dev.lifeboat.operator.policy;

import dev.lifeboat.crds.ProtectedVM;
import dev.lifeboat.crds.ReplicationPolicy;
import dev.lifeboat.crds.ReplicationPolicyStatus;
import dev.lifeboat.operator.settings.OperatorSettings;
import dev.lifeboat.operator.status.Conditions;
import dev.lifeboat.operator.status.Events;
import dev.lifeboat.operator.status.StatusWriter;
import dev.lifeboat.operator.vaults.VaultMisconfiguredException;
import dev.lifeboat.operator.vaults.Vaults;
import dev.lifeboat.wire.identity.CertificateAuthority;
import dev.lifeboat.wire.identity.IdentityException;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Checks a policy's vault and runs its process servers. */
public final class PolicyReconciler implements Reconciler<ReplicationPolicy> {

  private static final Duration SETTLED = Duration.ofSeconds(60);
  private static final Duration MOVING = Duration.ofSeconds(3);

  private final KubernetesClient client;
  private final Vaults vaults;
  private final OperatorSettings.Image image;
  private final ServerSecrets secrets;
  private final Applier applier;
  private final Events events;
  private final Clock clock;

  public PolicyReconciler(
      KubernetesClient client,
      Vaults vaults,
      OperatorSettings.Image image,
      CertificateAuthority authority,
      Events events,
      Clock clock) {
    this.client = client;
    this.vaults = vaults;
    this.image = image;
    this.secrets = new ServerSecrets(client, authority, clock);
    this.applier = new Applier(client);
    this.events = events;
    this.clock = clock;
  }

  @Override
  public UpdateControl<ReplicationPolicy> reconcile(
      ReplicationPolicy policy, Context<ReplicationPolicy> context) throws IdentityException {
    int machines = machines(policy);
    int wanted = ServerCount.wanted(policy.getSpec().processServers(), machines);
    Optional<PolicyPlanner.Problem> vault = vault(policy);
    if (vault.isEmpty()) {
      runServers(policy, wanted);
    }
    ReplicationPolicyStatus was =
        policy.getStatus() == null ? ReplicationPolicyStatus.none() : policy.getStatus();
    Conditions conditions =
        new Conditions(
            was.conditions(), PolicyPlanner.TYPES, policy.getMetadata().getGeneration(), clock);
    ReplicationPolicyStatus status =
        PolicyPlanner.status(
            policy,
            new PolicyPlanner.Seen(
                vault, machines, wanted, ready(policy), addresses(policy, wanted)),
            conditions);
    if (StatusWriter.write(policy, status, ReplicationPolicy::new, context)) {
      events.conditions(policy, conditions.changed());
    }
    return UpdateControl.<ReplicationPolicy>noUpdate()
        .rescheduleAfter(conditions.isTrue("Ready") ? SETTLED : MOVING);
  }

  private int machines(ReplicationPolicy policy) {
    return (int)
        client
            .resources(ProtectedVM.class)
            .inNamespace(policy.getMetadata().getNamespace())
            .list()
            .getItems()
            .stream()
            .filter(m -> m.getSpec().policy().equals(policy.getMetadata().getName()))
            .count();
  }

  private Optional<PolicyPlanner.Problem> vault(ReplicationPolicy policy) {
    try {
      vaults.open(policy).prepare();
      return Optional.empty();
    } catch (VaultMisconfiguredException e) {
      return Optional.of(new PolicyPlanner.Problem(e.reason(), e.getMessage()));
    } catch (IOException e) {
      return Optional.of(new PolicyPlanner.Problem("VaultUnusable", e.getMessage()));
    }
  }

  private void runServers(ReplicationPolicy policy, int wanted) throws IdentityException {
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

  private int ready(ReplicationPolicy policy) {
    StatefulSet set =
        client
            .apps()
            .statefulSets()
            .inNamespace(policy.getMetadata().getNamespace())
            .withName(ServerNames.set(policy))
            .get();
    return set == null || set.getStatus() == null || set.getStatus().getReadyReplicas() == null
        ? 0
        : set.getStatus().getReadyReplicas();
  }

  private List<String> addresses(ReplicationPolicy policy, int wanted) {
    List<String> addresses = new ArrayList<>();
    for (int server = 0; server < wanted; server++) {
      Service service =
          client
              .services()
              .inNamespace(policy.getMetadata().getNamespace())
              .withName(ServerNames.server(policy, server))
              .get();
      if (service != null) {
        ServerAddresses.of(policy, service).ifPresent(addresses::add);
      }
    }
    return addresses;
  }
}
