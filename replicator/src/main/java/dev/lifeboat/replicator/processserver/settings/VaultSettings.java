package dev.lifeboat.replicator.processserver.settings;

import dev.lifeboat.vault.blob.BlobCredential;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the vault is and with what it is asked. Credentials are paths of files, never secrets
 * themselves.
 */
public record VaultSettings(
    URI endpoint,
    Optional<Path> caFile,
    String logContainer,
    BlobCredential logCredential,
    String headContainer,
    BlobCredential headCredential,
    Path recoveryKey) {}
