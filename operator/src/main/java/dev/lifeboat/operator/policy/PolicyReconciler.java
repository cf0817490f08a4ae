package dev.lifeboat.operator.policy;

import dev.lifeboat.crds.ProtectedVM;
import dev.lifeboat.crds.ReplicationPolicy;
import dev.lifeboat.crds.ReplicationPolicyStatus;
import dev.lifeboat.operator.settings.OperatorSettings;
import dev.lifeboat.operator.status.Conditions;
import dev.lifeboat.operator.status.Events;
import dev.lifeboat.operator.status.StatusWriter;
import dev.lifeboat.operator.vaults.KeptDenials;
import dev.lifeboat.operator.vaults.MachineVault;
import dev.lifeboat.operator.vaults.VaultMisconfiguredException;
import dev.lifeboat.operator.vaults.Vaults;
import dev.lifeboat.wire.identity.CertificateAuthority;
import dev.lifeboat.wire.identity.IdentityException;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks a policy's vault and runs its process servers. */
public final class PolicyReconciler implements Reconciler<ReplicationPolicy> {

  private static final Duration SETTLED = Duration.ofSeconds(60);
  private static final Duration MOVING = Duration.ofSeconds(3);

  private final KubernetesClient client;
  private final Vaults vaults;
  private final Servers servers;
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
    this.servers = new Servers(client, image, new ServerSecrets(client, authority, clock));
    this.events = events;
    this.clock = clock;
  }

  @Override
  public UpdateControl<ReplicationPolicy> reconcile(
      ReplicationPolicy policy, Context<ReplicationPolicy> context) throws IdentityException {
    int machines = machines(policy);
    int wanted = ServerCount.wanted(policy.getSpec().processServers(), machines);
    Optional<PolicyPlanner.Problem> vault = vault(policy);
    Optional<PolicyPlanner.Problem> refused =
        vault.isEmpty() ? servers.run(policy, wanted) : Optional.empty();
    ReplicationPolicyStatus was =
        policy.getStatus() == null ? ReplicationPolicyStatus.none() : policy.getStatus();
    Conditions conditions =
        new Conditions(
            was.conditions(), PolicyPlanner.TYPES, policy.getMetadata().getGeneration(), clock);
    ReplicationPolicyStatus status =
        PolicyPlanner.status(
            policy,
            new PolicyPlanner.Seen(
                vault, refused, machines, wanted, ready(policy), addresses(policy, wanted)),
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
      MachineVault vault = vaults.open(policy);
      vault.prepare();
      new KeptDenials(client, policy.getMetadata().getNamespace(), clock).denyIn(vault);
      return Optional.empty();
    } catch (VaultMisconfiguredException e) {
      return Optional.of(new PolicyPlanner.Problem(e.reason(), e.getMessage()));
    } catch (IOException e) {
      return Optional.of(new PolicyPlanner.Problem("VaultUnusable", e.getMessage()));
    }
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
