package dev.lifeboat.operator.agents;

import dev.lifeboat.wire.identity.CertificateAuthority;
import dev.lifeboat.wire.identity.Identity;
import dev.lifeboat.wire.identity.IdentityException;
import dev.lifeboat.wire.identity.JdkTls;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the operator shows to agents, issued by its own authority: anew when a third of its life is
 * over and an agent comes, so that a program that runs for years never shows one that has expired.
 * Thread-safe.
 */
public final class ManagementCertificate {

  private static final Logger LOG = LoggerFactory.getLogger(ManagementCertificate.class);
  private static final String[] NONE = {};

  private final CertificateAuthority authority;
  private final List<String> hosts;
  private final Clock clock;
  private Identity shown;

  /** Under the names and addresses that agents reach the operator by. */
  public ManagementCertificate(CertificateAuthority authority, List<String> hosts, Clock clock)
      throws IdentityException {
    this.authority = authority;
    this.hosts = List.copyOf(hosts);
    this.clock = clock;
    shown = issue();
  }

  private Identity issue() throws IdentityException {
    return authority.issueServer(hosts, CertificateAuthority.VALIDITY);
  }

  /** TLS that shows the certificate of the moment, and believes agents of the authority. */
  SSLContext tls() throws IdentityException {
    return JdkTls.of(new Shown(), shown.authorities());
  }

  private synchronized Identity current() {
    if (!clock.instant().isBefore(shown.renewalDue())) {
      try {
        shown = issue();
      } catch (IdentityException e) {
        LOG.error("the certificate for agents cannot be renewed", e);
      }
    }
    return shown;
  }

  /** A handshake asks three times: a key that is renewed in between fails that one handshake. */
  private final class Shown extends X509ExtendedKeyManager {
    private static final String NAME = "operator";

    @Override
    public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
      return keyType.equals(current().key().getAlgorithm()) ? NAME : null;
    }

    @Override
    public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
      return keyType.equals(current().key().getAlgorithm()) ? NAME : null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return current().chain().toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return current().key();
    }

    @Override
    public String[] getServerAliases(String keyType, Principal[] issuers) {
      return new String[] {NAME};
    }

    @Override
    public String[] getClientAliases(String keyType, Principal[] issuers) {
      return NONE;
    }

    @Override
    public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
      return null;
    }
  }
}
