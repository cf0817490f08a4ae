package dev.lifeboat.wire.identity;

import dev.lifeboat.wire.protocol.Pipelines;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * TLS 1.3 and nothing older, both sides with certificates, no resumption (each connection proves
 * its certificate anew). Contexts are thread-safe and live as long as the program.
 */
public final class TlsContexts {
  /** OpenSSL can only leave a missing name out: the gate behind the codec refuses it. */
  static final ApplicationProtocolConfig PROTOCOLS =
      new ApplicationProtocolConfig(
          Protocol.ALPN,
          SelectorFailureBehavior.NO_ADVERTISE,
          SelectedListenerFailureBehavior.ACCEPT,
          Pipelines.ALPN);

  /** The tag of a URI among a certificate's names (RFC 5280, GeneralName). */
  private static final int URI_TAG = 6;

  private TlsContexts() {}

  /** For a process server: refuses whoever has no machine certificate of its authorities. */
  public static SslContext server(Identity identity) throws IdentityException {
    return build(
        SslContextBuilder.forServer(identity.key(), identity.chain())
            .clientAuth(ClientAuth.REQUIRE),
        identity);
  }

  /** For an agent: refuses a server whose certificate does not name the host it was reached by. */
  public static SslContext agent(Identity identity) throws IdentityException {
    return build(
        SslContextBuilder.forClient()
            .keyManager(identity.key(), identity.chain())
            .endpointIdentificationAlgorithm("HTTPS"),
        identity);
  }

  private static SslContext build(SslContextBuilder builder, Identity identity)
      throws IdentityException {
    try {
      return builder
          .sslProvider(SslProvider.OPENSSL)
          .protocols("TLSv1.3")
          .trustManager(identity.authorities())
          .applicationProtocolConfig(PROTOCOLS)
          .build();
    } catch (SSLException e) {
      throw new IdentityException("TLS does not take this identity; issue it again", e);
    }
  }

  /** The machine that the peer's verified certificate names. */
  public static UUID peerMachine(SSLSession session) throws IdentityException {
    try {
      return machine((X509Certificate) session.getPeerCertificates()[0]);
    } catch (SSLPeerUnverifiedException e) {
      throw new IdentityException("the peer showed no certificate; give it an identity", e);
    }
  }

  /** The serial of the peer's verified certificate, in hexadecimal, as deny-lists have it. */
  public static String peerSerial(SSLSession session) throws IdentityException {
    try {
      return ((X509Certificate) session.getPeerCertificates()[0]).getSerialNumber().toString(16);
    } catch (SSLPeerUnverifiedException e) {
      throw new IdentityException("the peer showed no certificate; give it an identity", e);
    }
  }

  /** The machine that a certificate names. */
  public static UUID machine(X509Certificate certificate) throws IdentityException {
    List<String> names = machineNames(certificate);
    if (names.size() == 1) {
      String text = names.getFirst().substring(CertificateAuthority.MACHINE_URI.length());
      try {
        UUID machine = UUID.fromString(text);
        if (machine.toString().equals(text)) {
          return machine;
        }
      } catch (IllegalArgumentException e) {
        throw new IdentityException("the certificate's machine is no UUID; issue it again", e);
      }
    }
    throw new IdentityException("the certificate names no single machine; issue it again");
  }

  private static List<String> machineNames(X509Certificate certificate) throws IdentityException {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      return names == null
          ? List.of()
          : names.stream()
              .filter(name -> name.get(0).equals(URI_TAG))
              .map(name -> name.get(1).toString())
              .filter(name -> name.startsWith(CertificateAuthority.MACHINE_URI))
              .toList();
    } catch (CertificateParsingException e) {
      throw new IdentityException("the certificate's names are damaged; issue it again", e);
    }
  }
}
