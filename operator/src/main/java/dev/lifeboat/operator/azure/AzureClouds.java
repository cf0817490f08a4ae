package dev.lifeboat.operator.azure;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import com.azure.identity.ClientSecretCredentialBuilder;
import dev.lifeboat.crds.ReplicationPolicy;
import dev.lifeboat.crds.TargetSpec;
import dev.lifeboat.operator.cloud.Cloud;
import dev.lifeboat.operator.cloud.CloudException;
import dev.lifeboat.operator.cloud.CloudException.Reason;
import dev.lifeboat.operator.cloud.Clouds;
import dev.lifeboat.operator.secret.Secrets;
import dev.lifeboat.vault.blob.AzureHttp;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** One Azure client for each subscription and credential. */
public final class AzureClouds implements Clouds {

  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final Set<String> KEYS = Set.of("tenantId", "clientId", "clientSecret");

  private record Key(String subscription, Map<String, String> secret) {}

  private final AzureSettings settings;
  private final Secrets secrets;
  private final AzureHttp transport;
  private final HttpClient http;
  private final Map<Key, Cloud> open = new HashMap<>();

  public AzureClouds(AzureSettings settings, Secrets secrets) throws IOException {
    this(settings, secrets, new AzureHttp(settings.caFile(), TIMEOUT).client());
  }

  /** On another client, which need not let every call through. */
  AzureClouds(AzureSettings settings, Secrets secrets, HttpClient http) {
    this.settings = settings;
    this.secrets = secrets;
    this.http = http;
    transport = new AzureHttp(settings.caFile(), TIMEOUT);
  }

  @Override
  public synchronized Cloud open(ReplicationPolicy policy) throws CloudException {
    TargetSpec target = policy.getSpec().target();
    Map<String, String> secret =
        target.credentialSecretRef() == null
            ? Map.of()
            : secret(policy.getMetadata().getNamespace(), target.credentialSecretRef().name());
    Key key = new Key(target.subscriptionId(), secret);
    Cloud known = open.get(key);
    if (known == null) {
      known =
          new ResourceManagerCloud(
              AzureClients.of(settings, http, credential(secret), target.subscriptionId()),
              http,
              Clock.systemUTC());
      open.put(key, known);
    }
    return known;
  }

  private TokenCredential credential(Map<String, String> secret) {
    if (secret.isEmpty()) {
      return transport.environment(http, settings.authority());
    }
    ClientSecretCredentialBuilder builder =
        new ClientSecretCredentialBuilder()
            .authorityHost(settings.authority().toString())
            .tenantId(secret.get("tenantId"))
            .clientId(secret.get("clientId"))
            .clientSecret(secret.get("clientSecret"))
            .httpClient(http);
    // A cloud with certificates of its own is not among those that the public one knows of.
    return (settings.caFile().isPresent() ? builder.disableInstanceDiscovery() : builder).build();
  }

  private Map<String, String> secret(String namespace, String name) throws CloudException {
    Map<String, String> texts = secrets.find(namespace, name).orElse(Map.of());
    if (!texts.keySet().containsAll(KEYS)) {
      throw new CloudException(
          Reason.CredentialRefused,
          "Secret " + name + " with keys tenantId, clientId and clientSecret is wanted: make it");
    }
    return texts;
  }
}
