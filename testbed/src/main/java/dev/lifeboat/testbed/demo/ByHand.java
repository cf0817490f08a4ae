package dev.lifeboat.testbed.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lifeboat.testbed.azure.AzureSite;
import dev.lifeboat.testbed.process.Command;
import dev.lifeboat.vault.VaultCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The way back when everything but the vault and its key is gone: {@code lifeboat-vault hydrate},
 * without cluster and operator. What it makes must be what the machine in Azure booted from.
 */
final class ByHand {
  private final Path folder;
  private final AzureSite azure;
  private final Path recoveryKey;

  /**
   * With the recovery key that its owner keeps.
   *
   * @param folder existing, with room for the disks
   */
  ByHand(Path folder, AzureSite azure, Path recoveryKey) {
    this.folder = folder;
    this.azure = azure;
    this.recoveryKey = recoveryKey;
  }

  /** Hydrates a point's disks into files, and compares them with what booted. */
  List<Evidence.DiskHash> compare(String machineUid, Evidence.Recovered recovered)
      throws IOException {
    List<Evidence.DiskHash> hashes = new ArrayList<>();
    List<String> hydrate =
        new ArrayList<>(List.of("hydrate", "--config", configuration(machineUid).toString()));
    for (JsonNode disk : recovered.disks()) {
      hydrate.addAll(List.of("--point", recovered.point()));
      hydrate.addAll(List.of("--disk", disk.path("id").asText()));
      hydrate.addAll(List.of("--to", file(disk).toString()));
    }
    if (VaultCommand.execute(hydrate.toArray(String[]::new)) != 0) {
      throw new IOException("point " + recovered.point() + " cannot be hydrated by hand");
    }
    for (JsonNode disk : recovered.disks()) {
      String name = disk.path("diskName").asText();
      String sum = Command.run("sha256sum", file(disk).toString());
      hashes.add(
          new Evidence.DiskHash(
              disk.path("id").asInt(), name, azure.bootedHash(name), sum.split(" ", 2)[0]));
      Files.delete(file(disk));
    }
    return hashes;
  }

  private Path file(JsonNode disk) {
    return folder.resolve("disk-" + disk.path("id").asText() + ".img");
  }

  private Path configuration(String machineUid) throws IOException {
    Path key = Files.writeString(folder.resolve("account.key"), azure.vaultKey());
    return Files.writeString(
        folder.resolve("vault.yaml"),
        """
        machine: %s
        recoveryKeyFile: %s
        azure:
          endpoint: %s
          caFile: %s
          credential: {kind: sharedKey, account: %s, file: %s}
        """
            .formatted(
                machineUid,
                recoveryKey,
                azure.vaultEndpoint(),
                azure.caFile(),
                AzureSite.VAULT_ACCOUNT,
                key),
        StandardCharsets.UTF_8);
  }
}
