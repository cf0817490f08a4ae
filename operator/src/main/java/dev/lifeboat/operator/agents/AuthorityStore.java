package dev.lifeboat.operator.agents;

import dev.lifeboat.wire.identity.CertificateAuthority;
import dev.lifeboat.wire.identity.IdentityException;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Base64;
import java.util.Map;

/** The authority of this installation, in a Secret; made once. */
public final class AuthorityStore {

  /** The Secret's name. */
  public static final String NAME = "lifeboat-ca";

  private static final int CONFLICT = 409;

  private AuthorityStore() {}

  /** Opens the authority, and makes it where there is none. */
  public static CertificateAuthority open(KubernetesClient client, String namespace, Clock clock)
      throws IdentityException {
    Secret secret = client.secrets().inNamespace(namespace).withName(NAME).get();
    if (secret == null) {
      CertificateAuthority fresh = CertificateAuthority.create("Lifeboat " + namespace, clock);
      secret = create(client, namespace, fresh);
    }
    return CertificateAuthority.of(text(secret, "ca.crt"), text(secret, "ca.key"), clock);
  }

  /** Another operator may have been faster: then its authority is the one. */
  private static Secret create(
      KubernetesClient client, String namespace, CertificateAuthority authority) {
    Secret secret =
        new SecretBuilder()
            .withNewMetadata()
            .withName(NAME)
            .withNamespace(namespace)
            .addToLabels("app.kubernetes.io/managed-by", "lifeboat")
            .endMetadata()
            .withImmutable(true)
            .withStringData(
                Map.of("ca.crt", authority.certificatePem(), "ca.key", authority.keyPem()))
            .build();
    try {
      return client.secrets().inNamespace(namespace).resource(secret).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() != CONFLICT) {
        throw e;
      }
      return client.secrets().inNamespace(namespace).withName(NAME).get();
    }
  }

  private static String text(Secret secret, String key) throws IdentityException {
    String value = secret.getData() == null ? null : secret.getData().get(key);
    if (value == null) {
      throw new IdentityException("Secret " + NAME + " has no key " + key + "; restore it");
    }
    return new String(Base64.getDecoder().decode(value), StandardCharsets.US_ASCII);
  }
}
