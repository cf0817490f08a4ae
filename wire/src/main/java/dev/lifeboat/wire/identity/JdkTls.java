package dev.lifeboat.wire.identity;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * TLS 1.3 of the JDK, for what speaks HTTP: what the authorities did not issue is nobody. Contexts
 * are thread-safe and live as long as the program.
 */
public final class JdkTls {

  private static final char[] NO_PASSWORD = {};

  private JdkTls() {}

  /** Shows the identity and believes its authorities; for either side. */
  public static SSLContext of(Identity identity) throws IdentityException {
    try {
      KeyStore keys = emptyStore();
      keys.setKeyEntry(
          "own", identity.key(), NO_PASSWORD, identity.chain().toArray(new X509Certificate[0]));
      KeyManagerFactory own =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      own.init(keys, NO_PASSWORD);
      return context(own.getKeyManagers(), identity.authorities());
    } catch (GeneralSecurityException | IOException e) {
      throw new IdentityException("TLS does not take this identity", e);
    }
  }

  /** Shows what the manager of keys has at the moment, and believes these authorities. */
  public static SSLContext of(KeyManager own, List<X509Certificate> authorities)
      throws IdentityException {
    try {
      return context(new KeyManager[] {own}, authorities);
    } catch (GeneralSecurityException | IOException e) {
      throw new IdentityException("TLS does not take this authority", e);
    }
  }

  /** Shows nothing and believes these authorities: a client that has no identity yet. */
  public static SSLContext trusting(List<X509Certificate> authorities) throws IdentityException {
    try {
      return context(new KeyManager[0], authorities);
    } catch (GeneralSecurityException | IOException e) {
      throw new IdentityException("TLS does not take this authority", e);
    }
  }

  private static SSLContext context(KeyManager[] own, List<X509Certificate> authorities)
      throws GeneralSecurityException, IOException {
    KeyStore believed = emptyStore();
    for (int i = 0; i < authorities.size(); i++) {
      believed.setCertificateEntry("ca-" + i, authorities.get(i));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(believed);
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(own, trust.getTrustManagers(), null);
    return context;
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, NO_PASSWORD);
    return store;
  }
}
