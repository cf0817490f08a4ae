package dev.lifeboat.vault.command;

import dev.lifeboat.vault.blob.AzureSettings;
import dev.lifeboat.vault.hydrate.Hydration;
import dev.lifeboat.wire.settings.Section;
import dev.lifeboat.wire.settings.SettingsException;
import dev.lifeboat.wire.settings.SettingsFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The configuration of lifeboat-vault: where the vault is and how it is opened. Holds paths of
 * secrets, no secrets.
 *
 * @param machine whose log it is about, unless the command line says so
 */
public record VaultConfig(
    AzureSettings azure,
    Optional<UUID> machine,
    Path recoveryKeyFile,
    Hydration.Settings hydration) {

  /** Reads and validates the file whole; throws with every problem at once. */
  public static VaultConfig read(Path path) throws ConfigException {
    try {
      SettingsFile file = SettingsFile.open(path);
      Section top = file.top();
      Section hydrate = top.section("hydrate");
      VaultConfig config =
          new VaultConfig(
              AzureSettings.read(top.section("azure")),
              machine(top),
              top.path("recoveryKeyFile"),
              new Hydration.Settings(
                  (long) hydrate.integer("windowMiB", 512, 1, 4096) << 20,
                  hydrate.integer("threads", 6, 1, 64)));
      hydrate.end();
      file.check();
      return config;
    } catch (SettingsException e) {
      throw new ConfigException(List.of(e.getMessage()));
    }
  }

  private static Optional<UUID> machine(Section top) {
    String text = top.text("machine", "");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(UUID.fromString(text));
    } catch (IllegalArgumentException e) {
      top.problem("machine", "must be a machine's uid, as `init` printed it");
      return Optional.empty();
    }
  }
}
