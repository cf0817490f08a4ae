package dev.lifeboat.vault.blob;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.AzureSasCredential;
import com.azure.core.http.HttpClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.blob.BlobServiceVersion;
import com.azure.storage.blob.specialized.SpecializedBlobClientBuilder;
import com.azure.storage.common.StorageSharedKeyCredential;
import com.azure.storage.common.policy.RequestRetryOptions;
import com.azure.storage.common.policy.RetryPolicyType;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import reactor.core.publisher.Mono;

/**
 * The containers of one storage account, on Azure's SDK over the JDK's HTTP client. Thread-safe;
 * nothing to close.
 */
public final class AzureBlobs {

  private final BlobEndpoint endpoint;
  private final AzureHttp transport;
  private final HttpClient http;
  private final BlobServiceVersion version;

  public AzureBlobs(BlobEndpoint endpoint) throws IOException {
    this.endpoint = endpoint;
    this.version = version(endpoint.serviceVersion());
    this.transport = new AzureHttp(endpoint.caFile(), endpoint.timeout());
    this.http = transport.client();
  }

  /** A container, whether it exists or not; calls that fail for a while are tried again. */
  public BlobStore container(String name, BlobCredential credential) throws BlobException {
    return new RetryingBlobStore(plainContainer(name, credential), Retry.standard());
  }

  /** As {@link #container}, each call tried once. */
  public AzureBlobStore plainContainer(String name, BlobCredential credential)
      throws BlobException {
    boolean token =
        credential instanceof BlobCredential.TokenFile
            || credential instanceof BlobCredential.Environment;
    if (token && !"https".equals(endpoint.address().getScheme())) {
      throw new BlobException(
          BlobException.Reason.CREDENTIAL,
          "a token is only sent over https://, and " + endpoint.address() + " is not");
    }
    BlobServiceClientBuilder builder =
        new BlobServiceClientBuilder()
            .endpoint(endpoint.address().toString())
            .httpClient(http)
            .serviceVersion(version)
            .retryOptions(once());
    AzureBlobStore.Refresh refresh = authenticate(builder, credential);
    return new AzureBlobStore(
        builder.buildClient().getBlobContainerClient(name),
        endpoint.address() + "/" + name,
        refresh);
  }

  /** The page blob at a URL that carries its own shared access signature. */
  public PageBlob pageBlob(URI url) {
    return pageBlob(url, http, version, Retry.standard());
  }

  /** As {@link #pageBlob(URI)}, of whatever account, tried again as {@code retry} says. */
  public static PageBlob pageBlob(URI url, HttpClient http, Retry retry) {
    return pageBlob(url, http, version(BlobEndpoint.TESTED_VERSION), retry);
  }

  private static PageBlob pageBlob(
      URI url, HttpClient http, BlobServiceVersion version, Retry retry) {
    String text = url.toString();
    int query = text.indexOf('?');
    if (query < 0) {
      throw new IllegalArgumentException(
          "the URL of a page blob must carry a shared access signature (?...)");
    }
    return new AzurePageBlob(
        new SpecializedBlobClientBuilder()
            .endpoint(text.substring(0, query))
            .sasToken(text.substring(query + 1))
            .httpClient(http)
            .serviceVersion(version)
            .retryOptions(once())
            .buildPageBlobClient(),
        text.substring(0, query),
        retry);
  }

  private static RequestRetryOptions once() {
    return new RequestRetryOptions(RetryPolicyType.FIXED, 1, Duration.ofDays(1), null, null, null);
  }

  private AzureBlobStore.Refresh authenticate(
      BlobServiceClientBuilder builder, BlobCredential credential) throws BlobException {
    switch (credential) {
      case BlobCredential.SasFile(var file) -> {
        SecretFile secret = new SecretFile(file);
        AzureSasCredential sas = new AzureSasCredential(query(secret.read()));
        builder.credential(sas);
        return () -> secret.refresh(text -> sas.update(query(text)));
      }
      case BlobCredential.TokenFile(var file) -> {
        SecretFile secret = new SecretFile(file);
        secret.read();
        builder.credential(request ->
            Mono.fromCallable(() ->
                new AccessToken(secret.read(), OffsetDateTime.now(ZoneOffset.UTC).plusMinutes(6))));
      }
      case BlobCredential.SharedKeyFile(var account, var file) ->
          builder.credential(sharedKey(account, file));
      case BlobCredential.Environment() -> builder.credential(transport.environment(http));
    }
    return () -> {};
  }

  private static StorageSharedKeyCredential sharedKey(String account, Path file)
      throws BlobException {
    String key = new SecretFile(file).read();
    try {
      Base64.getDecoder().decode(key);
    } catch (IllegalArgumentException e) {
      // Without the cause: its message quotes the key.
      throw new BlobException(
          BlobException.Reason.CREDENTIAL,
          "the credential file " + file + " does not hold a shared key: it is not base64");
    }
    return new StorageSharedKeyCredential(account, key);
  }

  private static String query(String text) {
    return text.startsWith("?") ? text.substring(1) : text;
  }

  private static BlobServiceVersion version(String text) {
    return Arrays.stream(BlobServiceVersion.values())
        .filter(v -> v.getVersion().equals(text))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "unknown version of the blob service: "
                    + text
                    + "; known: "
                    + BlobServiceVersion.V2019_02_02.getVersion()
                    + " to "
                    + BlobServiceVersion.getLatest().getVersion()));
  }
}
