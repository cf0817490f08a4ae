package dev.lifeboat.wire.identity;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * A private key, the certificate chain for it (own certificate first), and the authorities whose
 * peers are believed. As files: {@code tls.key}, {@code tls.crt} and {@code ca.crt}, all PEM, as a
 * Kubernetes secret mounts them.
 */
public record Identity(
    PrivateKey key, List<X509Certificate> chain, List<X509Certificate> authorities) {
  static final String KEY_FILE = "tls.key";
  static final String CERTIFICATE_FILE = "tls.crt";
  static final String AUTHORITY_FILE = "ca.crt";

  public Identity {
    chain = List.copyOf(chain);
    authorities = List.copyOf(authorities);
  }

  /** Reads the three files and checks that key and certificate belong together. */
  public static Identity load(Path directory) throws IdentityException {
    Identity identity =
        new Identity(
            PemFiles.readKey(directory.resolve(KEY_FILE)),
            PemFiles.readCertificates(directory.resolve(CERTIFICATE_FILE)),
            PemFiles.readCertificates(directory.resolve(AUTHORITY_FILE)));
    if (!identity.keyFits()) {
      throw new IdentityException(
          "%s does not belong to %s in %s; issue the identity again"
              .formatted(KEY_FILE, CERTIFICATE_FILE, directory));
    }
    return identity;
  }

  /** Writes the three files, the key for its owner alone; refuses if one of them is there. */
  public void writeTo(Path directory) throws IdentityException {
    PemFiles.requireAbsent(directory, List.of(KEY_FILE, CERTIFICATE_FILE, AUTHORITY_FILE));
    PemFiles.writeNew(directory.resolve(KEY_FILE), "rw-------", CertificateAuthority.keyText(key));
    PemFiles.writeNew(directory.resolve(CERTIFICATE_FILE), "rw-r--r--", PemFiles.pem(chain));
    PemFiles.writeNew(directory.resolve(AUTHORITY_FILE), "rw-r--r--", PemFiles.pem(authorities));
  }

  /** The own certificate. */
  public X509Certificate certificate() {
    return chain.getFirst();
  }

  /** Says what to do if the certificate does not hold at the given time. */
  public void requireValid(Instant now) throws IdentityException {
    Instant end = certificate().getNotAfter().toInstant();
    if (now.isAfter(end)) {
      throw new IdentityException("the certificate expired at " + end + "; issue a new one");
    }
    Instant begin = certificate().getNotBefore().toInstant();
    if (now.isBefore(begin)) {
      throw new IdentityException(
          "the certificate holds from " + begin + " only; set the clock of this machine");
    }
  }

  private boolean keyFits() {
    try {
      String algorithm = key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
      byte[] probe = {1, 2, 3};
      Signature signing = Signature.getInstance(algorithm);
      signing.initSign(key);
      signing.update(probe);
      Signature verifying = Signature.getInstance(algorithm);
      verifying.initVerify(certificate());
      verifying.update(probe);
      return verifying.verify(signing.sign());
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** Names the certificate; never the key. */
  @Override
  public String toString() {
    return "Identity[" + certificate().getSubjectX500Principal() + "]";
  }
}
