package dev.lifeboat.operator.status;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.PrimaryUpdateAndCacheUtils;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Writes a status by server-side apply with an object that holds nothing else, and only when it
 * differs; what was written is what the next reconciliation reads.
 */
public final class StatusWriter {

  private StatusWriter() {}

  /**
   * Writes the status, unless it is the one that is there.
   *
   * @param empty makes an object of the kind
   * @return whether it was written
   */
  public static <S, T, R extends CustomResource<S, T>> boolean write(
      R resource, T status, Supplier<R> empty, Context<R> context) {
    if (Objects.equals(resource.getStatus(), status)) {
      return false;
    }
    R fresh = empty.get();
    fresh.setMetadata(
        new ObjectMetaBuilder()
            .withName(resource.getMetadata().getName())
            .withNamespace(resource.getMetadata().getNamespace())
            .build());
    fresh.setStatus(status);
    var _ = PrimaryUpdateAndCacheUtils.ssaPatchStatusAndCacheResource(resource, fresh, context);
    return true;
  }
}
