package dev.lifeboat.operator.vaults;

import dev.lifeboat.crds.Api;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Certificates of machines whose vault could not be opened when they were deleted, because their
 * policy or a Secret was gone before them. They lie in Secrets, one for each such machine, and go
 * onto the deny-list of every vault that is used before they end: the same vault may come back
 * under another policy's name. Thread-safe.
 */
public final class KeptDenials {

  static final String LABEL = Api.GROUP + "/denied";

  private static final String NAME = "lifeboat-denied-";
  private static final int CONFLICT = 409;

  private final KubernetesClient client;
  private final String namespace;
  private final Clock clock;

  public KeptDenials(KubernetesClient client, String namespace, Clock clock) {
    this.client = client;
    this.namespace = namespace;
    this.clock = clock;
  }

  /**
   * Keeps certificates; may be repeated.
   *
   * @param of uid of the object that had them, all of them
   * @param ends RFC 3339, by serials in hexadecimal
   */
  public void keep(String of, Map<String, String> ends) {
    Secret secret =
        new SecretBuilder()
            .withNewMetadata()
            .withName(NAME + of)
            .withNamespace(namespace)
            .addToLabels(LABEL, "true")
            .addToLabels("app.kubernetes.io/managed-by", "lifeboat")
            .endMetadata()
            .withImmutable(true)
            .withData(
                ends.entrySet().stream()
                    .collect(Collectors.toMap(Map.Entry::getKey, e -> encode(e.getValue()))))
            .build();
    try {
      client.secrets().inNamespace(namespace).resource(secret).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() != CONFLICT) {
        throw e;
      }
    }
  }

  /** Denies in a vault what is kept, and forgets what has ended. */
  public void denyIn(MachineVault vault) throws IOException {
    Set<String> serials = new TreeSet<>();
    for (Secret secret :
        client.secrets().inNamespace(namespace).withLabel(LABEL).list().getItems()) {
      Set<String> alive = alive(secret);
      if (alive.isEmpty()) {
        client.resource(secret).delete();
      }
      serials.addAll(alive);
    }
    if (!serials.isEmpty()) {
      vault.deny(serials);
    }
  }

  private Set<String> alive(Secret secret) {
    return secret.getData().entrySet().stream()
        .filter(entry -> Instant.parse(decode(entry.getValue())).isAfter(clock.instant()))
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  private static String encode(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String decode(String data) {
    return new String(Base64.getDecoder().decode(data), StandardCharsets.US_ASCII);
  }
}
