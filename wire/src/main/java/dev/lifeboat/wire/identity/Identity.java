package dev.lifeboat.wire.identity;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
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
    PemFiles.writeNew(directory.resolve(KEY_FILE), "rw-------", PemFiles.key(key));
    PemFiles.writeNew(
        directory.resolve(CERTIFICATE_FILE), "rw-r--r--", PemFiles.certificates(chain));
    PemFiles.writeNew(
        directory.resolve(AUTHORITY_FILE), "rw-r--r--", PemFiles.certificates(authorities));
  }

  /**
   * The same key with a newer certificate for it, which replaces {@code tls.crt} in the directory.
   * Refused, and nothing written, if it is of another key, another machine or another authority.
   */
  public Identity renewed(String certificatePem, Path directory) throws IdentityException {
    Identity next =
        new Identity(key, certificates("the new certificate", certificatePem), authorities);
    next.requireIssued();
    if (!TlsContexts.machine(next.certificate()).equals(TlsContexts.machine(certificate()))) {
      throw new IdentityException("the new certificate names another machine");
    }
    PemFiles.replace(directory.resolve(CERTIFICATE_FILE), next.certificatePem());
    return next;
  }

  /** The certificates of a PEM text; {@code what} it is, for people. */
  public static List<X509Certificate> certificates(String what, String pem)
      throws IdentityException {
    return PemFiles.parseCertificates(what, pem);
  }

  /** Whether the certificate is for the key, and was issued by one of the authorities. */
  void requireIssued() throws IdentityException {
    if (!keyFits()) {
      throw new IdentityException("the certificate is for another key");
    }
    if (authorities.stream().noneMatch(this::isIssuedBy)) {
      throw new IdentityException("the certificate is not of the authority");
    }
  }

  private boolean isIssuedBy(X509Certificate authority) {
    try {
      certificate().verify(authority.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** A request for a newer certificate for the same key. */
  public String renewalRequest() throws IdentityException {
    return CertificateRequests.request(
        new KeyPair(certificate().getPublicKey(), key), certificate().getSubjectX500Principal());
  }

  /** The chain as PEM. */
  public String certificatePem() {
    return PemFiles.certificates(chain);
  }

  /** The private key as PEM: a secret. */
  public String keyPem() {
    return PemFiles.key(key);
  }

  /** The own certificate. */
  public X509Certificate certificate() {
    return chain.getFirst();
  }

  /** When a third of the certificate's life is over. */
  public Instant renewalDue() {
    Instant begin = certificate().getNotBefore().toInstant();
    Instant end = certificate().getNotAfter().toInstant();
    return begin.plus(Duration.between(begin, end).dividedBy(3));
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
