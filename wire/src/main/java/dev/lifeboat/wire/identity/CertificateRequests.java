package dev.lifeboat.wire.identity;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.HexFormat;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;

/**
 * Requests for certificates (PKCS#10, RFC 2986, as PEM): the private key never leaves its machine.
 * A request is five values, so that the agent does without the library that the authority needs.
 */
public final class CertificateRequests {

  private static final int INTEGER = 0x02;
  private static final int BIT_STRING = 0x03;
  private static final int SEQUENCE = 0x30;
  private static final int ATTRIBUTES = 0xa0;
  private static final byte[] ZERO = {0};

  /** ecdsa-with-SHA256, RFC 5758. */
  private static final byte[] SIGNATURE_ALGORITHM =
      HexFormat.of().parseHex("300a06082a8648ce3d040302");

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
    return request(pair, new X500Principal("CN=" + Rdn.escapeValue(name)));
  }

  static String request(KeyPair pair, X500Principal subject) throws IdentityException {
    byte[] info =
        der(
            SEQUENCE,
            der(INTEGER, ZERO),
            subject.getEncoded(),
            pair.getPublic().getEncoded(),
            der(ATTRIBUTES));
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(pair.getPrivate());
      signature.update(info);
      byte[] signed = der(BIT_STRING, ZERO, signature.sign());
      return PemFiles.pem("CERTIFICATE REQUEST", der(SEQUENCE, info, SIGNATURE_ALGORITHM, signed));
    } catch (GeneralSecurityException e) {
      throw new IdentityException("the request cannot be made; check the Java runtime", e);
    }
  }

  /** A value in the distinguished encoding (ITU-T X.690): tag, length, content. */
  private static byte[] der(int tag, byte[]... content) {
    int length = 0;
    for (byte[] part : content) {
      length += part.length;
    }
    ByteArrayOutputStream value = new ByteArrayOutputStream();
    value.write(tag);
    if (length >= 0x100) {
      value.write(0x82);
      value.write(length >> Byte.SIZE);
    } else if (length >= 0x80) {
      value.write(0x81);
    }
    value.write(length);
    for (byte[] part : content) {
      value.writeBytes(part);
    }
    return value.toByteArray();
  }
}
