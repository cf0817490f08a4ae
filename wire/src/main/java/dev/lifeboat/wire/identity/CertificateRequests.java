package dev.lifeboat.wire.identity;

import java.io.IOException;
import java.io.StringReader;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.List;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** Requests for certificates (PKCS#10, PEM): the private key never leaves its machine. */
public final class CertificateRequests {

  private static final int LIMIT = 16 << 10;
  private static final int EC_BITS = 256;

  private CertificateRequests() {}

  /** A new P-256 key. */
  public static KeyPair newKey() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime has no P-256", e);
    }
  }

  /** A request for the key; {@code name} is for people. */
  public static String request(KeyPair pair, String name) throws IdentityException {
    try {
      return PemFiles.pem(
          List.of(
              new JcaPKCS10CertificationRequestBuilder(
                      new X500NameBuilder().addRDN(BCStyle.CN, name).build(), pair.getPublic())
                  .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))));
    } catch (OperatorCreationException e) {
      throw new IdentityException("the request cannot be made; check the Java runtime", e);
    }
  }

  /** The key of a request whose sender proves to have it: P-256 and nothing else. */
  public static PublicKey provenKey(String pem) throws IdentityException {
    if (pem.length() > LIMIT) {
      throw new IdentityException("the certificate request is too long");
    }
    try (PEMParser parser = new PEMParser(new StringReader(pem))) {
      if (parser.readObject() instanceof PKCS10CertificationRequest request) {
        PublicKey key = new JcaPKCS10CertificationRequest(request).getPublicKey();
        boolean proven =
            request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key));
        boolean small =
            key instanceof ECPublicKey ec
                && ec.getParams().getCurve().getField().getFieldSize() == EC_BITS;
        if (proven && small) {
          return key;
        }
      }
    } catch (IOException
        | GeneralSecurityException
        | OperatorCreationException
        | PKCSException
        | RuntimeException e) {
      throw new IdentityException("this is no certificate request", e);
    }
    throw new IdentityException("this is no certificate request that proves a P-256 key");
  }
}
