package dev.lifeboat.replicator.processserver.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lifeboat.vault.blob.BlobCredential;
import dev.lifeboat.wire.settings.SettingsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SettingsReaderTest {
  @TempDir private Path folder;

  private ProcessServerSettings read(String yaml) throws Exception {
    Path file = folder.resolve("server.yaml");
    Files.writeString(file, yaml);
    return SettingsReader.read(file);
  }

  @Test
  void readsWhatThePageByHandWrites() throws Exception {
    ProcessServerSettings settings =
        read(
            """
            identity: server
            listen: {port: 9443}
            metrics: {port: 9464}
            cache: {directory: cache, volumeKey: volume.key}
            recoveryKeyFile: recovery.key
            azure:
              endpoint: https://127.0.0.1:10080/lifeboat
              caFile: ca/ca.crt
              credential: {kind: sharedKey, account: lifeboat, file: blobs/account.key}
            """);
    assertThat(settings.identity()).isEqualTo(folder.resolve("server"));
    assertThat(settings.listen().getPort()).isEqualTo(9443);
    assertThat(settings.listen().getAddress().isLoopbackAddress()).isTrue();
    assertThat(settings.azure().headCredential())
        .isEqualTo(
            new BlobCredential.SharedKeyFile("lifeboat", folder.resolve("blobs/account.key")));
  }

  @Test
  void listsAllProblemsAtOnce_andNoSecret() {
    assertThatThrownBy(() ->
            read(
                """
                identity: server
                listen: {port: 99999, adress: x}
                cache: {directory: cache}
                azure: {endpoint: "https://a.example/?sig=topsecret", credential: {kind: magic}}
                memory: {receive: lots}
                connections: {patience: 5s}
                unknown: 1
                """))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("listen.port must be between")
        .hasMessageContaining("listen.adress is not known")
        .hasMessageContaining("cache.volumeKey is missing")
        .hasMessageContaining("azure.endpoint must be")
        .hasMessageContaining("azure.credential.kind must be")
        .hasMessageContaining("memory.receive must be a size")
        .hasMessageContaining("connections.patience must be 30000ms at least")
        .hasMessageContaining("recoveryKeyFile is missing")
        .hasMessageContaining("unknown is not known")
        .hasMessageNotContaining("topsecret");
  }

  @Test
  void saysWhere_whenItIsNoYaml() {
    assertThatThrownBy(() -> read("a: b: c")).hasMessageContaining("not valid YAML");
    assertThatThrownBy(() -> SettingsReader.read(folder.resolve("none")))
        .hasMessageContaining("does not exist");
  }
}
