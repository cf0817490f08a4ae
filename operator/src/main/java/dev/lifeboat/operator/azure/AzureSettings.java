package dev.lifeboat.operator.azure;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where Azure is.
 *
 * @param resourceManager address of the Resource Manager
 * @param authority where tokens are asked for
 * @param caFile PEM certificates that are trusted instead of the system's
 */
public record AzureSettings(URI resourceManager, URI authority, Optional<Path> caFile) {

  /** The public cloud. */
  public static AzureSettings publicCloud() {
    return new AzureSettings(
        URI.create("https://management.azure.com/"),
        URI.create("https://login.microsoftonline.com/"),
        Optional.empty());
  }
}
