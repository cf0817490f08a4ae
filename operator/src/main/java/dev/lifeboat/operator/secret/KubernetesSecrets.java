package dev.lifeboat.operator.secret;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Secrets of a cluster; every look asks its API server. */
public final class KubernetesSecrets implements Secrets {

  private final KubernetesClient client;

  public KubernetesSecrets(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public Optional<Map<String, String>> find(String namespace, String name) {
    return Optional.ofNullable(client.secrets().inNamespace(namespace).withName(name).get())
        .map(KubernetesSecrets::texts);
  }

  private static Map<String, String> texts(Secret secret) {
    Map<String, String> texts = new HashMap<>();
    if (secret.getData() != null) {
      secret
          .getData()
          .forEach((key, value) ->
              texts.put(
                  key,
                  new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8).strip()));
    }
    return texts;
  }
}
