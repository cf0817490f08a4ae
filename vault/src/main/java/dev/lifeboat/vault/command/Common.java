package dev.lifeboat.vault.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lifeboat.vault.blob.AzureBlobs;
import dev.lifeboat.vault.blob.BlobStore;
import dev.lifeboat.vault.key.DataKey;
import dev.lifeboat.vault.key.DataKeys;
import dev.lifeboat.vault.key.RecoveryKey;
import dev.lifeboat.vault.segment.SegmentLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import picocli.CommandLine.Option;

/** What every subcommand takes, and how it opens the vault. */
final class Common {

  static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "configuration file, YAML or JSON")
  private Path config;

  @Option(
      names = "--machine",
      paramLabel = "UID",
      description = "the machine's uid, instead of the configuration's")
  private Optional<UUID> machine = Optional.empty();

  @Option(names = "--json", description = "print JSON")
  private boolean json;

  boolean json() {
    return json;
  }

  VaultConfig config() throws ConfigException {
    return VaultConfig.read(config);
  }

  Optional<UUID> machineOf(VaultConfig settings) {
    return machine.or(settings::machine);
  }

  UUID requireMachine(VaultConfig settings) throws ConfigException {
    return machineOf(settings)
        .orElseThrow(() ->
            new ConfigException(
                List.of("which machine? name its uid by --machine, or in " + config)));
  }

  static BlobStore log(VaultConfig settings) throws IOException {
    return blobs(settings)
        .container(settings.azure().logContainer(), settings.azure().logCredential());
  }

  static AzureBlobs blobs(VaultConfig settings) throws IOException {
    try {
      return new AzureBlobs(settings.azure().endpoint());
    } catch (IllegalArgumentException e) {
      throw new ConfigException(List.of(e.getMessage()));
    }
  }

  /** A machine's log and the key to it. */
  record Opened(SegmentLog log, DataKey key) {}

  Opened open(VaultConfig settings) throws IOException {
    UUID uid = requireMachine(settings);
    RecoveryKey recoveryKey = RecoveryKey.read(settings.recoveryKeyFile());
    BlobStore log = log(settings);
    return new Opened(new SegmentLog(log, uid), new DataKeys(log).load(uid, recoveryKey));
  }

  static String text(ObjectNode node) throws IOException {
    return JSON.writeValueAsString(node);
  }
}
