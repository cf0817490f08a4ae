package dev.lifeboat.operator.azure;

import com.azure.core.exception.HttpResponseException;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.management.exception.ManagementException;
import com.azure.core.util.polling.SyncPoller;
import dev.lifeboat.operator.cloud.CloudException;
import dev.lifeboat.operator.cloud.CloudException.Reason;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Makes calls of one subscription. When Azure asks to come back later, it is left alone until then:
 * whoever calls in between is told so at once, and nothing waits in here. Thread-safe.
 */
final class AzureCalls {

  /** Codes of a resource that is not there; a subscription that is not there is trouble. */
  private static final Set<String> ABSENT =
      Set.of("ResourceNotFound", "ResourceGroupNotFound", "NotFound");

  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
  private static final Duration USUAL_PAUSE = Duration.ofSeconds(10);

  private final Clock clock;
  private volatile Instant pausedUntil = Instant.MIN;

  AzureCalls(Clock clock) {
    this.clock = clock;
  }

  <T> T make(String what, Supplier<T> call) throws CloudException {
    requireWelcome(what);
    try {
      return call.get();
    } catch (RuntimeException e) {
      throw failed(what, e);
    }
  }

  /** As {@link #make}; empty where there is no such resource. */
  <T> Optional<T> find(String what, Supplier<T> call) throws CloudException {
    requireWelcome(what);
    try {
      return Optional.of(call.get());
    } catch (ManagementException e) {
      if (isAbsent(e)) {
        return Optional.empty();
      }
      throw failed(what, e);
    } catch (RuntimeException e) {
      throw failed(what, e);
    }
  }

  /** Begins an operation that is not waited for; what it came to is read from its resource. */
  void begin(String what, Supplier<? extends SyncPoller<?, ?>> call) throws CloudException {
    var _ = make(what, call::get);
  }

  private static boolean isAbsent(ManagementException e) {
    return e.getResponse() != null
        && e.getResponse().getStatusCode() == 404
        && e.getValue() != null
        && ABSENT.contains(String.valueOf(e.getValue().getCode()));
  }

  private void requireWelcome(String what) throws CloudException {
    if (clock.instant().isBefore(pausedUntil)) {
      throw new CloudException(
          Reason.Throttled,
          "cannot " + what + ": Azure asked to come back later; it is tried again by itself");
    }
  }

  private CloudException failed(String what, RuntimeException failure) {
    CloudException translated = AzureFailures.translated(what, failure);
    if (translated.reason() == Reason.Throttled) {
      pausedUntil = clock.instant().plus(pause(failure));
    }
    return translated;
  }

  private static Duration pause(RuntimeException failure) {
    String text =
        failure instanceof HttpResponseException e && e.getResponse() != null
            ? e.getResponse().getHeaders().getValue(HttpHeaderName.RETRY_AFTER)
            : null;
    if (text == null || !text.matches("[0-9]{1,9}")) {
      return USUAL_PAUSE;
    }
    Duration asked = Duration.ofSeconds(Long.parseLong(text));
    return asked.compareTo(LONGEST_PAUSE) < 0 ? asked : LONGEST_PAUSE;
  }
}
