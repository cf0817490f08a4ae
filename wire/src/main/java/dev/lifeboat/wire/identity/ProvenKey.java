package dev.lifeboat.wire.identity;

import java.io.IOException;
import java.io.StringReader;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/** What an authority believes of a request for a certificate: that its sender has the key. */
public final class ProvenKey {

  private static final int LIMIT = 16 << 10;
  private static final int EC_BITS = 256;

  private ProvenKey() {}

  /** The key of a request whose sender proves to have it: P-256 and nothing else. */
  public static PublicKey of(String pem) throws IdentityException {
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
