package dev.lifeboat.vault.command;

import dev.lifeboat.vault.blob.BlobCredential;
import dev.lifeboat.vault.blob.BlobEndpoint;
import dev.lifeboat.vault.hydrate.Hydration;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The configuration of lifeboat-vault: where the vault is and how it is opened. Holds paths of
 * secrets, no secrets.
 *
 * @param machine whose log it is about, unless the command line says so
 */
public record VaultConfig(
    BlobEndpoint endpoint,
    String logContainer,
    BlobCredential logCredential,
    String headContainer,
    BlobCredential headCredential,
    Optional<UUID> machine,
    Path recoveryKeyFile,
    Hydration.Settings hydration) {

  private static final URI NOWHERE = URI.create("https://nowhere.invalid");

  /** Reads and validates the file whole; throws with every problem at once. */
  public static VaultConfig read(Path file) throws ConfigException {
    ConfigReader in = ConfigReader.open(file);
    in.onlyKnown("", Set.of("azure", "machine", "recoveryKeyFile", "hydrate"));
    in.onlyKnown(
        "azure",
        Set.of(
            "endpoint",
            "caFile",
            "serviceVersion",
            "timeoutSeconds",
            "logContainer",
            "headContainer",
            "credential",
            "logCredential",
            "headCredential"));
    in.onlyKnown("hydrate", Set.of("windowMiB", "threads"));
    BlobEndpoint endpoint =
        new BlobEndpoint(
            in.required("azure.endpoint", NOWHERE, VaultConfig::address),
            in.optional("azure.caFile", Path::of),
            in.optional("azure.serviceVersion", VaultConfig::version)
                .orElse(BlobEndpoint.TESTED_VERSION),
            Duration.ofSeconds(
                in.optional("azure.timeoutSeconds", t -> number(t, 1, 3600)).orElse(60)));
    BlobCredential log = credential(in, "azure.logCredential");
    BlobCredential head = credential(in, "azure.headCredential");
    VaultConfig config =
        new VaultConfig(
            endpoint,
            in.optional("azure.logContainer", VaultConfig::container).orElse("lifeboat-log"),
            log,
            in.optional("azure.headContainer", VaultConfig::container).orElse("lifeboat-head"),
            head,
            in.optional("machine", VaultConfig::uuid),
            in.required("recoveryKeyFile", Path.of("recovery.key"), Path::of),
            new Hydration.Settings(
                (long) in.optional("hydrate.windowMiB", t -> number(t, 1, 4096)).orElse(512) << 20,
                in.optional("hydrate.threads", t -> number(t, 1, 64)).orElse(6)));
    in.check();
    return config;
  }

  private static BlobCredential credential(ConfigReader in, String field) {
    String at = in.has(field) ? field : "azure.credential";
    in.onlyKnown(at, Set.of("kind", "file", "account"));
    String kind = in.required(at + ".kind", "environment", VaultConfig::kind);
    if (kind.equals("environment")) {
      return new BlobCredential.Environment();
    }
    Path file = in.required(at + ".file", Path.of("missing"), Path::of);
    return switch (kind) {
      case "sas" -> new BlobCredential.SasFile(file);
      case "token" -> new BlobCredential.TokenFile(file);
      default -> new BlobCredential.SharedKeyFile(in.required(at + ".account", "", t -> t), file);
    };
  }

  private static String kind(String text) {
    if (!Set.of("sas", "token", "sharedKey", "environment").contains(text)) {
      throw new IllegalArgumentException("must be sas, token, sharedKey or environment");
    }
    return text;
  }

  private static URI address(String text) {
    URI uri = URI.create(text);
    boolean web = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
    if (!web || uri.getHost() == null || uri.getQuery() != null) {
      throw new IllegalArgumentException(
          "must be the account's address, such as https://account.blob.core.windows.net");
    }
    return uri;
  }

  private static String version(String text) {
    if (!text.matches("20[0-9]{2}-[0-9]{2}-[0-9]{2}")) {
      throw new IllegalArgumentException(
          "must be a version of the service, such as " + BlobEndpoint.TESTED_VERSION);
    }
    return text;
  }

  private static String container(String text) {
    if (!text.matches("[a-z0-9](-?[a-z0-9]){2,62}")) {
      throw new IllegalArgumentException(
          "must be a container's name: 3 to 63 small letters, digits and single dashes");
    }
    return text;
  }

  private static int number(String text, int least, int most) {
    int value = text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : -1;
    if (value < least || value > most) {
      throw new IllegalArgumentException("must be a number from " + least + " to " + most);
    }
    return value;
  }

  private static UUID uuid(String text) {
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("must be a machine's uid, as `init` printed it", e);
    }
  }
}
