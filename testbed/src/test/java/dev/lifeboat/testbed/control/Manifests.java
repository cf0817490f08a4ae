package dev.lifeboat.testbed.control;

import dev.lifeboat.testbed.process.ProjectFolder;
import java.io.IOException;
import java.nio.file.Path;

/** Objects of our API as people write them. */
final class Manifests {

  static final String SUBNET =
      "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/network/providers/"
          + "Microsoft.Network/virtualNetworks/recovery/subnets/servers";

  private static final String POLICY =
      """
      vault:
        endpoint: https://account.blob.core.windows.net
        recoveryKeySecretRef: {name: key}
      rpoThresholdSeconds: 900
      crashConsistentIntervalSeconds: 60
      processServers: {min: 1, max: 2, serviceType: LoadBalancer}
      target:
        subscriptionId: 00000000-0000-0000-0000-000000000001
        resourceGroup: recovered
        region: westeurope
        subnetId: SUBNET
      """
          .replace("SUBNET", SUBNET);

  private Manifests() {}

  static Path crds() throws IOException {
    return ProjectFolder.root().resolve("crds/manifests");
  }

  static Path samples() throws IOException {
    return ProjectFolder.root().resolve("config/samples");
  }

  static String object(String kind, String name, String spec) {
    return "apiVersion: dr.lifeboat.dev/v1alpha1\nkind: "
        + kind
        + "\nmetadata: {name: "
        + name
        + "}\nspec:\n"
        + spec.indent(2);
  }

  /** A policy that is right, with one line of text exchanged for another. */
  static String policy(String old, String changed) {
    if (!POLICY.contains(old)) {
      throw new IllegalArgumentException("the policy has no " + old);
    }
    return object("ReplicationPolicy", "p", POLICY.replace(old, changed));
  }

  /** A policy that is right but perhaps for its name. */
  static String policyNamed(String name) {
    return object("ReplicationPolicy", name, POLICY);
  }
}
