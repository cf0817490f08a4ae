package dev.lifeboat.vault.blob;

import java.nio.file.Path;

/**
 * With what the blob service is asked. Secrets stay in files, which are read again when they
 * change, so that a credential can be renewed under a running program.
 */
public sealed interface BlobCredential {

  /** A file with the query string of a shared access signature. */
  record SasFile(Path file) implements BlobCredential {}

  /** A file with a bearer token, kept fresh by somebody else. */
  record TokenFile(Path file) implements BlobCredential {}

  /**
   * A file with the account's shared key. Meant for tests and laboratories: it opens everything.
   */
  record SharedKeyFile(String account, Path file) implements BlobCredential {}

  /** What the environment offers: workload identity, managed identity, a service principal. */
  record Environment() implements BlobCredential {}
}
