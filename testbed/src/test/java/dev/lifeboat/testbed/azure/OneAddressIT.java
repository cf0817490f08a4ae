package dev.lifeboat.testbed.azure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.vault.blob.AzureBlobs;
import dev.lifeboat.vault.blob.BlobCredential;
import dev.lifeboat.vault.blob.BlobEndpoint;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As in the testbed's network: all names at one address, told apart by their TLS greeting. */
class OneAddressIT {

  @Test
  void vaultAndResourceManager_areServed(@TempDir Path folder) throws Exception {
    AzureSettings settings = AzureSettings.loopback().at(InetAddress.ofLiteral("127.66.250.7"));
    try (AzureSite site =
        AzureSite.start(Files.createDirectory(folder.resolve("azure")), settings)) {
      assertThat(settings.vaultAddress()).isEqualTo(settings.address());
      Path key = Files.writeString(folder.resolve("key"), site.vaultKey());
      var container =
          new AzureBlobs(BlobEndpoint.of(site.vaultEndpoint(), Optional.of(site.caFile())))
              .plainContainer(
                  "vault", new BlobCredential.SharedKeyFile(AzureSite.VAULT_ACCOUNT, key));
      container.createContainer();
      assertThat(container.read("nothing", 1)).isEmpty();
      assertThat(new Sdk(site).resources().resourceGroups().contain("none")).isFalse();
    }
  }
}
