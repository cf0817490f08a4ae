package dev.lifeboat.operator.vaults;

import dev.lifeboat.crds.ReplicationPolicy;
import dev.lifeboat.crds.SecretRef;
import dev.lifeboat.crds.VaultSpec;
import dev.lifeboat.operator.secret.Secrets;
import dev.lifeboat.vault.blob.AzureBlobs;
import dev.lifeboat.vault.blob.BlobCredential;
import dev.lifeboat.vault.blob.BlobEndpoint;
import dev.lifeboat.vault.key.RecoveryKey;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Opens vaults with what policies and the Secrets they name say. Secrets are laid into a folder
 * that the operator alone reads, for the storage client takes its credentials from files.
 */
public final class SecretVaults implements Vaults {

  private record Opened(List<String> from, MachineVault vault) {}

  private final Secrets secrets;
  private final Path scratch;
  private final Map<String, Opened> opened = new HashMap<>();

  /**
   * @param scratch a folder that lies in memory
   */
  public SecretVaults(Secrets secrets, Path scratch) {
    this.secrets = secrets;
    this.scratch = scratch;
  }

  @Override
  public synchronized MachineVault open(ReplicationPolicy policy)
      throws VaultMisconfiguredException {
    String namespace = policy.getMetadata().getNamespace();
    VaultSpec spec = policy.getSpec().vault();
    Map<String, String> credential = optional(namespace, spec.credentialSecretRef());
    Map<String, String> authority = optional(namespace, spec.caSecretRef());
    String key =
        required(
            secret(namespace, spec.recoveryKeySecretRef()),
            "recovery.key",
            spec.recoveryKeySecretRef().name());
    List<String> from = List.of(spec.toString(), credential.toString(), authority.toString(), key);
    String name = namespace + "/" + policy.getMetadata().getName();
    Opened known = opened.get(name);
    if (known == null || !known.from().equals(from)) {
      known = new Opened(from, make(policy, credential, authority, key));
      opened.put(name, known);
    }
    return known.vault();
  }

  private MachineVault make(
      ReplicationPolicy policy,
      Map<String, String> credential,
      Map<String, String> authority,
      String key)
      throws VaultMisconfiguredException {
    VaultSpec spec = policy.getSpec().vault();
    try {
      Path folder = scratch.resolve(policy.getMetadata().getUid());
      Files.createDirectories(folder);
      Optional<Path> ca = Optional.empty();
      if (spec.caSecretRef() != null) {
        String text = required(authority, "ca.crt", spec.caSecretRef().name());
        ca = Optional.of(write(folder.resolve("ca.crt"), text));
      }
      AzureBlobs blobs = new AzureBlobs(BlobEndpoint.of(URI.create(spec.endpoint()), ca));
      return new BlobVault(
          blobs,
          new BlobVault.Access(
              credential(spec, credential, folder),
              spec.logContainer(),
              spec.headContainer(),
              RecoveryKey.parse(key)));
    } catch (IOException e) {
      throw new VaultMisconfiguredException("VaultMisconfigured", e.getMessage());
    }
  }

  private static BlobCredential credential(VaultSpec spec, Map<String, String> secret, Path folder)
      throws IOException, VaultMisconfiguredException {
    if (spec.credentialSecretRef() == null) {
      return new BlobCredential.Environment();
    }
    if (secret.containsKey("sas")) {
      return new BlobCredential.SasFile(write(folder.resolve("sas"), secret.get("sas")));
    }
    String name = spec.credentialSecretRef().name();
    return new BlobCredential.SharedKeyFile(
        required(secret, "account", name),
        write(folder.resolve("accountKey"), required(secret, "accountKey", name)));
  }

  private static Path write(Path file, String text) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    Files.createFile(
        fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(fresh, text);
    return Files.move(fresh, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  private Map<String, String> optional(String namespace, SecretRef ref)
      throws VaultMisconfiguredException {
    return ref == null ? Map.of() : secret(namespace, ref);
  }

  private Map<String, String> secret(String namespace, SecretRef ref)
      throws VaultMisconfiguredException {
    return secrets
        .find(namespace, ref.name())
        .orElseThrow(() ->
            new VaultMisconfiguredException(
                "SecretMissing",
                "there is no Secret " + ref.name() + " in this namespace: make it"));
  }

  private static String required(Map<String, String> secret, String key, String name)
      throws VaultMisconfiguredException {
    String text = secret.get(key);
    if (text == null || text.isEmpty()) {
      throw new VaultMisconfiguredException(
          "SecretIncomplete", "Secret " + name + " has no key `" + key + "`: add it");
    }
    return text;
  }
}
