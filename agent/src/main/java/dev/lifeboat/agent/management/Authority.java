package dev.lifeboat.agent.management;

import dev.lifeboat.agent.settings.Endpoint;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** The authority that an operator's certificates come from, known by its hash beforehand. */
public final class Authority {

  private Authority() {}

  /**
   * Fetches the authority's certificate, PEM. Nothing about the connection is believed: what comes
   * is the authority if it has the hash that whoever runs this was told, and nothing else is.
   *
   * @param sha256 of the PEM text, in hexadecimal
   * @throws RefusedException if it is another one
   */
  public static String fetch(Endpoint endpoint, String sha256) throws IOException {
    try (OperatorClient client = new OperatorClient(endpoint, anybody())) {
      String pem = client.page("/v1/ca.crt");
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] found = digest.digest(pem.getBytes(StandardCharsets.UTF_8));
      if (!MessageDigest.isEqual(found, HexFormat.of().parseHex(sha256))) {
        throw new RefusedException(
            0,
            "%s shows an authority that is not the one of the command: copy the whole command of this machine anew; if it is refused again, somebody stands between"
                .formatted(endpoint));
      }
      return pem;
    } catch (GeneralSecurityException e) {
      throw new IOException("this Java runtime lacks TLS or SHA-256", e);
    }
  }

  private static SSLContext anybody() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(null, new TrustManager[] {new Anybody()}, null);
    return context;
  }

  /** For the one page whose content proves itself. */
  private static final class Anybody extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {
      // Nobody connects to this end.
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
      // Nobody connects to this end.
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
      // Nobody connects to this end.
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {
      // The hash of the page decides.
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
      // The hash of the page decides.
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
      // The hash of the page decides.
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
