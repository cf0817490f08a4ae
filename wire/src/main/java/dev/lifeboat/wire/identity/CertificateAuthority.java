package dev.lifeboat.wire.identity;

import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.IPAddress;

/**
 * Issues the certificates of one installation: P-256 keys, random serials. Its files are {@code
 * ca.crt} and {@code ca.key}. Thread-safe.
 */
public final class CertificateAuthority {
  /** How long a certificate holds if nothing else is said. */
  public static final Duration VALIDITY = Duration.ofDays(30);

  /** What stands before the machine's uid in its certificate. */
  static final String MACHINE_URI = "lifeboat:machine/";

  private static final Duration AUTHORITY_VALIDITY = Duration.ofDays(3652);

  /** The peer's clock may be behind. */
  private static final Duration BACKDATED = Duration.ofMinutes(10);

  private static final String KEY_FILE = "ca.key";

  private final PrivateKey key;
  private final X509Certificate certificate;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  private CertificateAuthority(PrivateKey key, X509Certificate certificate, Clock clock) {
    this.key = key;
    this.certificate = certificate;
    this.clock = clock;
  }

  /** Makes an authority and writes its two files; refuses if one of them is there. */
  public static CertificateAuthority create(Path directory, String name, Clock clock)
      throws IdentityException {
    PemFiles.requireAbsent(directory, List.of(Identity.AUTHORITY_FILE, KEY_FILE));
    KeyPair pair = CertificateRequests.newKey();
    X509Certificate certificate = selfSigned(pair, name);
    PemFiles.writeNew(directory.resolve(KEY_FILE), "rw-------", PemFiles.key(pair.getPrivate()));
    PemFiles.writeNew(
        directory.resolve(Identity.AUTHORITY_FILE),
        "rw-r--r--",
        PemFiles.certificates(List.of(certificate)));
    return new CertificateAuthority(pair.getPrivate(), certificate, clock);
  }

  private static X509Certificate selfSigned(KeyPair pair, String name) throws IdentityException {
    X500Name subject = new X500NameBuilder().addRDN(BCStyle.CN, name).build();
    try {
      Leaf self = new Leaf(subject, AUTHORITY_VALIDITY, null, null);
      JcaX509v3CertificateBuilder builder =
          builder(subject, self, pair.getPublic(), Clock.systemUTC().instant(), new SecureRandom());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      return sign(builder, pair.getPrivate());
    } catch (CertIOException | GeneralSecurityException | OperatorCreationException e) {
      throw new IdentityException("the authority cannot be made; check the Java runtime", e);
    }
  }

  /** Reads an authority's two files. */
  public static CertificateAuthority open(Path directory, Clock clock) throws IdentityException {
    return new CertificateAuthority(
        PemFiles.readKey(directory.resolve(KEY_FILE)),
        PemFiles.readCertificates(directory.resolve(Identity.AUTHORITY_FILE)).getFirst(),
        clock);
  }

  /**
   * Makes an authority that lies nowhere yet: {@link #keyPem} and {@link #certificatePem} keep it.
   */
  public static CertificateAuthority create(String name, Clock clock) throws IdentityException {
    KeyPair pair = CertificateRequests.newKey();
    return new CertificateAuthority(pair.getPrivate(), selfSigned(pair, name), clock);
  }

  /** The authority of two PEM texts. */
  public static CertificateAuthority of(String certificate, String key, Clock clock)
      throws IdentityException {
    return new CertificateAuthority(
        PemFiles.parseKey("the authority's key", key),
        PemFiles.parseCertificates("the authority's certificate", certificate).getFirst(),
        clock);
  }

  /** The private key: whoever has it can join. */
  public String keyPem() {
    return PemFiles.key(key);
  }

  public String certificatePem() {
    return PemFiles.certificates(List.of(certificate));
  }

  /** The certificate that peers are checked against. */
  public X509Certificate certificate() {
    return certificate;
  }

  /** An identity for a protected machine: its certificate names the uid and nothing else. */
  public Identity issueMachine(UUID machine, Duration validity) throws IdentityException {
    GeneralName uri = new GeneralName(GeneralName.uniformResourceIdentifier, MACHINE_URI + machine);
    return issue(
        new Leaf(
            name(machine.toString()),
            validity,
            new GeneralNames(uri),
            KeyPurposeId.id_kp_clientAuth));
  }

  /**
   * A certificate for the key of a request, which proves that its sender has the key; what the
   * request says beside the key does not count.
   */
  public X509Certificate certifyMachine(String requestPem, UUID machine, Duration validity)
      throws IdentityException {
    GeneralName uri = new GeneralName(GeneralName.uniformResourceIdentifier, MACHINE_URI + machine);
    return certify(
        new Leaf(
            name(machine.toString()),
            validity,
            new GeneralNames(uri),
            KeyPurposeId.id_kp_clientAuth),
        ProvenKey.of(requestPem));
  }

  /** An identity for a process server that is reached under the given names and IP addresses. */
  public Identity issueServer(List<String> hosts, Duration validity) throws IdentityException {
    if (hosts.isEmpty()) {
      throw new IdentityException("a server needs a name; give a DNS name or an IP address");
    }
    GeneralName[] names =
        hosts.stream()
            .map(host ->
                new GeneralName(
                    IPAddress.isValid(host) ? GeneralName.iPAddress : GeneralName.dNSName, host))
            .toArray(GeneralName[]::new);
    return issue(
        new Leaf(
            name(hosts.getFirst()),
            validity,
            new GeneralNames(names),
            KeyPurposeId.id_kp_serverAuth));
  }

  private record Leaf(
      X500Name subject, Duration validity, ASN1Encodable names, KeyPurposeId purpose) {}

  private Identity issue(Leaf leaf) throws IdentityException {
    KeyPair pair = CertificateRequests.newKey();
    return new Identity(
        pair.getPrivate(), List.of(certify(leaf, pair.getPublic())), List.of(certificate));
  }

  private X509Certificate certify(Leaf leaf, PublicKey subjectKey) throws IdentityException {
    try {
      X500Name issuer = X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
      JcaX509v3CertificateBuilder builder =
          builder(issuer, leaf, subjectKey, clock.instant(), random);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(leaf.purpose()));
      builder.addExtension(Extension.subjectAlternativeName, false, leaf.names());
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(certificate));
      return sign(builder, key);
    } catch (CertIOException | GeneralSecurityException | OperatorCreationException e) {
      throw new IdentityException("the certificate cannot be made; check the authority's key", e);
    }
  }

  private static X500Name name(String common) {
    return new X500NameBuilder().addRDN(BCStyle.CN, common).build();
  }

  private static JcaX509v3CertificateBuilder builder(
      X500Name issuer, Leaf leaf, PublicKey subjectKey, Instant now, SecureRandom random)
      throws CertIOException, GeneralSecurityException {
    // 159 bits: positive, and no longer than the 20 octets that RFC 5280 allows.
    BigInteger serial = new BigInteger(159, random).setBit(158);
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            issuer,
            serial,
            Date.from(now.minus(BACKDATED)),
            Date.from(now.plus(leaf.validity())),
            leaf.subject(),
            subjectKey);
    builder.addExtension(
        Extension.subjectKeyIdentifier,
        false,
        new JcaX509ExtensionUtils().createSubjectKeyIdentifier(subjectKey));
    return builder;
  }

  private static X509Certificate sign(JcaX509v3CertificateBuilder builder, PrivateKey key)
      throws GeneralSecurityException, OperatorCreationException {
    return new JcaX509CertificateConverter()
        .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
  }
}
