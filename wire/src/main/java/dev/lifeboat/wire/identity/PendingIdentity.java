package dev.lifeboat.wire.identity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.util.List;
import java.util.stream.Stream;

/**
 * An identity on its way: a key that was made here and never leaves, and the request for its
 * certificate. Both lie in a folder beside the one that they become, so that an answer that was
 * lost can be asked for again with the very same request. One thread, one process.
 */
public final class PendingIdentity {
  private static final String REQUEST_FILE = "request.csr";

  private final Path target;
  private final Path pending;
  private final PrivateKey key;
  private final String request;

  private PendingIdentity(Path target, Path pending, PrivateKey key, String request) {
    this.target = target;
    this.pending = pending;
    this.key = key;
    this.request = request;
  }

  /**
   * Goes on with what was begun for a folder, or begins.
   *
   * @param target the folder that the identity will be in
   * @param name of the machine, for people
   */
  public static PendingIdentity open(Path target, String name) throws IdentityException {
    Path pending = beside(target, ".enrolling");
    try {
      if (Files.exists(pending.resolve(REQUEST_FILE))) {
        return new PendingIdentity(
            target,
            pending,
            PemFiles.readKey(pending.resolve(Identity.KEY_FILE)),
            Files.readString(pending.resolve(REQUEST_FILE), StandardCharsets.US_ASCII));
      }
      remove(pending);
      Files.createDirectories(target.toAbsolutePath().getParent());
      Files.createDirectory(
          pending,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException e) {
      throw new IdentityException(
          pending + " cannot be used (" + e.getMessage() + "); check permissions and space", e);
    }
    KeyPair pair = CertificateRequests.newKey();
    String request = CertificateRequests.request(pair, name);
    PemFiles.writeNew(
        pending.resolve(Identity.KEY_FILE), "rw-------", PemFiles.key(pair.getPrivate()));
    PemFiles.writeNew(pending.resolve(REQUEST_FILE), "rw-------", request);
    return new PendingIdentity(target, pending, pair.getPrivate(), request);
  }

  private static Path beside(Path target, String ending) {
    return target.resolveSibling(target.getFileName() + ending);
  }

  /** The request, PEM: the same one until the identity is there. */
  public String request() {
    return request;
  }

  /** What the certificate and its authority make of the key; nothing is written. */
  public Identity with(String certificatePem, String authorityPem) throws IdentityException {
    Identity identity =
        new Identity(
            key,
            PemFiles.parseCertificates("the certificate", certificatePem),
            PemFiles.parseCertificates("the authority's certificate", authorityPem));
    identity.requireIssued();
    return identity;
  }

  /** Puts the identity into its folder, in place of one that is there. */
  public void install(Identity identity) throws IdentityException {
    Path old = beside(target, ".old");
    try {
      for (String name : List.of(Identity.CERTIFICATE_FILE, Identity.AUTHORITY_FILE)) {
        Files.deleteIfExists(pending.resolve(name));
      }
      PemFiles.writeNew(
          pending.resolve(Identity.CERTIFICATE_FILE), "rw-r--r--", identity.certificatePem());
      PemFiles.writeNew(
          pending.resolve(Identity.AUTHORITY_FILE),
          "rw-r--r--",
          PemFiles.certificates(identity.authorities()));
      remove(old);
      if (Files.exists(target)) {
        Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
      }
      Files.move(pending, target, StandardCopyOption.ATOMIC_MOVE);
      // Not before: without it a crash would leave a folder that asks again, which is what it must.
      Files.deleteIfExists(target.resolve(REQUEST_FILE));
      PemFiles.syncDirectory(target.toAbsolutePath().getParent());
      remove(old);
    } catch (IOException e) {
      throw new IdentityException(
          target + " cannot be written (" + e.getMessage() + "); check permissions and space", e);
    }
  }

  /** Forgets key and request. */
  public void discard() throws IdentityException {
    try {
      remove(pending);
    } catch (IOException e) {
      throw new IdentityException(pending + " cannot be removed (" + e.getMessage() + ")", e);
    }
  }

  private static void remove(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    Files.delete(folder);
  }
}
