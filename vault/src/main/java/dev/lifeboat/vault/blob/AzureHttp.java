package dev.lifeboat.vault.blob;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.identity.DefaultAzureCredentialBuilder;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * How every program of ours speaks HTTP to Azure: the JDK's client, and where {@code azure.caFile}
 * is set, trust in the certificates of that file instead of the system's. One client serves
 * storage, the Resource Manager and the place where tokens are asked for. Thread-safe; nothing to
 * close.
 *
 * @param caFile PEM certificates that are trusted instead of the system's
 * @param timeout for a connection, and for each stretch without an answer
 */
public record AzureHttp(Optional<Path> caFile, Duration timeout) {

  /** A new client; fails if the certificates cannot be read. */
  public HttpClient client() throws IOException {
    java.net.http.HttpClient.Builder jdk =
        java.net.http.HttpClient.newBuilder().version(java.net.http.HttpClient.Version.HTTP_1_1);
    jdk.sslContext(trust());
    return new JdkHttpClientBuilder(jdk)
        .connectionTimeout(timeout)
        .writeTimeout(timeout)
        .responseTimeout(timeout)
        .readTimeout(timeout)
        .build();
  }

  /** What servers are checked against. */
  public SSLContext trust() throws IOException {
    try {
      return caFile.isPresent()
          ? TrustedCertificates.context(caFile.get())
          : SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java runtime has no TLS", e);
    }
  }

  /**
   * What the environment offers: workload identity, managed identity, a service principal ({@code
   * AZURE_AUTHORITY_HOST} says where tokens are asked for). A cloud with certificates of its own is
   * not among those that the public one knows of, so that one is not asked.
   */
  public TokenCredential environment(HttpClient client) {
    return build(new DefaultAzureCredentialBuilder().httpClient(client));
  }

  /** The same, with tokens of this authority. */
  public TokenCredential environment(HttpClient client, URI authority) {
    return build(
        new DefaultAzureCredentialBuilder().authorityHost(authority.toString()).httpClient(client));
  }

  private TokenCredential build(DefaultAzureCredentialBuilder builder) {
    return (caFile.isPresent() ? builder.disableInstanceDiscovery() : builder).build();
  }
}
