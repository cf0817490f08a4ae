package dev.lifeboat.operator.policy;

import dev.lifeboat.crds.ReplicationPolicy;
import dev.lifeboat.crds.VaultSpec;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.ArrayList;
import java.util.List;

/**
 * How pods of ours find the vault: its configuration and the Secrets it names, mounted and never
 * copied. Pure.
 */
public final class VaultMounts {

  /** The vault's configuration, as {@code lifeboat-vault} and keepers read it. */
  public static final String VAULT_FILE = "/etc/lifeboat/configuration/vault.yaml";

  private VaultMounts() {}

  /** The {@code azure} section and the key, as configuration files have them. */
  public static String configuration(VaultSpec vault, boolean shared, String account) {
    StringBuilder text = new StringBuilder();
    text.append("recoveryKeyFile: /etc/lifeboat/recovery-key/recovery.key\n");
    text.append("azure:\n");
    text.append("  endpoint: ").append(vault.endpoint()).append('\n');
    text.append("  logContainer: ").append(vault.logContainer()).append('\n');
    text.append("  headContainer: ").append(vault.headContainer()).append('\n');
    if (vault.caSecretRef() != null) {
      text.append("  caFile: /etc/lifeboat/vault-ca/ca.crt\n");
    }
    if (vault.credentialSecretRef() == null) {
      text.append("  credential: {kind: environment}\n");
    } else if (shared) {
      text.append("  credential: {kind: sharedKey, account: ")
          .append(account)
          .append(", file: /etc/lifeboat/vault-credential/accountKey}\n");
    } else {
      text.append("  credential: {kind: sas, file: /etc/lifeboat/vault-credential/sas}\n");
    }
    return text.toString();
  }

  /** The volumes of a pod that opens the policy's vault. */
  public static List<Volume> volumes(ReplicationPolicy policy) {
    VaultSpec vault = policy.getSpec().vault();
    List<Volume> volumes = new ArrayList<>();
    volumes.add(
        new VolumeBuilder()
            .withName("configuration")
            .withNewConfigMap()
            .withName(ServerNames.configuration(policy))
            .endConfigMap()
            .build());
    volumes.add(secret("recovery-key", vault.recoveryKeySecretRef().name()));
    if (vault.credentialSecretRef() != null) {
      volumes.add(secret("vault-credential", vault.credentialSecretRef().name()));
    }
    if (vault.caSecretRef() != null) {
      volumes.add(secret("vault-ca", vault.caSecretRef().name()));
    }
    return volumes;
  }

  /** A Secret, readable by the pod's group alone. */
  public static Volume secret(String volume, String name) {
    return new VolumeBuilder()
        .withName(volume)
        .withNewSecret()
        .withSecretName(name)
        .withDefaultMode(0440)
        .endSecret()
        .build();
  }

  /** Where these volumes appear. */
  public static List<VolumeMount> mounts(ReplicationPolicy policy) {
    return volumes(policy).stream().map(volume -> mount(volume.getName())).toList();
  }

  /** A volume below /etc/lifeboat. */
  public static VolumeMount mount(String volume) {
    return new VolumeMountBuilder()
        .withName(volume)
        .withMountPath("/etc/lifeboat/" + volume)
        .withReadOnly(true)
        .build();
  }
}
