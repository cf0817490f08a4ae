package dev.lifeboat.vault.blob;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Where the blob service is and how it is spoken to.
 *
 * @param address of the account, such as {@code https://account.blob.core.windows.net}
 * @param caFile PEM certificates that are trusted instead of the system's
 * @param serviceVersion of the REST interface, such as {@code 2025-11-05}
 * @param timeout for a connection, and for each stretch without an answer
 */
public record BlobEndpoint(
    URI address, Optional<Path> caFile, String serviceVersion, Duration timeout) {

  /** The version this was tested with; newer ones are not known by every service. */
  public static final String TESTED_VERSION = "2025-11-05";

  public BlobEndpoint {
    if (!"https".equals(address.getScheme()) && !"http".equals(address.getScheme())) {
      throw new IllegalArgumentException("the endpoint must be an https:// address: " + address);
    }
    if (address.getQuery() != null) {
      throw new IllegalArgumentException("the endpoint must not carry a query string");
    }
  }

  public static BlobEndpoint of(URI address, Optional<Path> caFile) {
    return new BlobEndpoint(address, caFile, TESTED_VERSION, Duration.ofSeconds(60));
  }
}
