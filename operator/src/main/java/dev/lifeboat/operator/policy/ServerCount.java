package dev.lifeboat.operator.policy;

import dev.lifeboat.crds.ProcessServersSpec;

/** How many process servers a policy runs. Pure. */
final class ServerCount {

  private ServerCount() {}

  /** One for each {@code machinesPerServer} machines, within the policy's bounds. */
  static int wanted(ProcessServersSpec spec, int machines) {
    int needed = (machines + spec.machinesPerServer() - 1) / spec.machinesPerServer();
    return Math.clamp(needed, spec.min(), spec.max());
  }
}
