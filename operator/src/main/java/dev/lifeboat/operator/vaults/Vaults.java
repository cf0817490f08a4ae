package dev.lifeboat.operator.vaults;

import dev.lifeboat.crds.ReplicationPolicy;

/** Opens the vaults of policies. Thread-safe. */
public interface Vaults {

  /**
   * The policy's vault; the same object as long as policy and secrets are the same.
   *
   * @throws VaultMisconfiguredException when a Secret or a key in it is missing
   */
  MachineVault open(ReplicationPolicy policy) throws VaultMisconfiguredException;
}
