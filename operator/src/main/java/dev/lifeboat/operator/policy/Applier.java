package dev.lifeboat.operator.policy;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * Applies objects by server-side apply, and writes nothing when what is there was made from the
 * same description.
 */
final class Applier {

  static final String HASH = "dr.lifeboat.dev/applied";

  private static final PatchContext APPLY =
      new PatchContext.Builder()
          .withPatchType(PatchType.SERVER_SIDE_APPLY)
          .withFieldManager("lifeboat-operator")
          .withForce(true)
          .build();

  private final KubernetesClient client;

  Applier(KubernetesClient client) {
    this.client = client;
  }

  /** Whether it was written. */
  boolean apply(HasMetadata wanted) {
    String hash = hash(Serialization.asYaml(wanted));
    HasMetadata found = client.resource(wanted).get();
    if (found != null && hash.equals(annotations(found).get(HASH))) {
      return false;
    }
    Map<String, String> annotations = new HashMap<>(annotations(wanted));
    annotations.put(HASH, hash);
    wanted.getMetadata().setAnnotations(annotations);
    var _ = client.resource(wanted).patch(APPLY);
    return true;
  }

  private static Map<String, String> annotations(HasMetadata resource) {
    Map<String, String> annotations = resource.getMetadata().getAnnotations();
    return annotations == null ? Map.of() : annotations;
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
