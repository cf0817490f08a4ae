package dev.lifeboat.operator.policy;

import dev.lifeboat.crds.ReplicationPolicy;
import dev.lifeboat.wire.identity.CertificateAuthority;
import dev.lifeboat.wire.identity.Identity;
import dev.lifeboat.wire.identity.IdentityException;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** The servers' identity, renewed at a third of its time, and the key of their cache volumes. */
final class ServerSecrets {

  private static final String ENDS = "dr.lifeboat.dev/certificate-ends";
  private static final String SERIAL = "dr.lifeboat.dev/certificate-serial";
  private static final int KEY_BYTES = 32;

  private final KubernetesClient client;
  private final CertificateAuthority authority;
  private final Clock clock;

  ServerSecrets(KubernetesClient client, CertificateAuthority authority, Clock clock) {
    this.client = client;
    this.authority = authority;
    this.clock = clock;
  }

  /** Sees to the identity; returns the serial of the certificate in use. */
  String identity(ReplicationPolicy policy, ObjectMeta metadata) throws IdentityException {
    Secret found = get(policy, ServerNames.identity(policy));
    if (found != null && found.getMetadata().getAnnotations() != null) {
      String ends = found.getMetadata().getAnnotations().get(ENDS);
      Duration left =
          ends == null ? Duration.ZERO : Duration.between(clock.instant(), Instant.parse(ends));
      if (left.compareTo(CertificateAuthority.VALIDITY.multipliedBy(2).dividedBy(3)) > 0) {
        return found.getMetadata().getAnnotations().get(SERIAL);
      }
    }
    Identity identity =
        authority.issueServer(
            List.of(ServerNames.certified(policy)), CertificateAuthority.VALIDITY);
    String serial = identity.certificate().getSerialNumber().toString(16);
    Secret secret =
        new SecretBuilder()
            .withMetadata(metadata)
            .editMetadata()
            .addToAnnotations(ENDS, identity.certificate().getNotAfter().toInstant().toString())
            .addToAnnotations(SERIAL, serial)
            .endMetadata()
            .withType("kubernetes.io/tls")
            .withStringData(
                Map.of(
                    "tls.crt", identity.certificatePem(),
                    "tls.key", identity.keyPem(),
                    "ca.crt", authority.certificatePem()))
            .build();
    if (found == null) {
      client.resource(secret).create();
    } else {
      client.resource(secret).update();
    }
    return serial;
  }

  /** Made once: what lies in a cache is read by no other key. */
  void volumeKey(ReplicationPolicy policy, ObjectMeta metadata) {
    if (get(policy, ServerNames.volumeKey(policy)) != null) {
      return;
    }
    byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    client
        .resource(
            new SecretBuilder()
                .withMetadata(metadata)
                .withStringData(
                    Map.of("volume.key", Base64.getEncoder().encodeToString(key) + "\n"))
                .build())
        .create();
  }

  private Secret get(ReplicationPolicy policy, String name) {
    return client.secrets().inNamespace(policy.getMetadata().getNamespace()).withName(name).get();
  }
}
