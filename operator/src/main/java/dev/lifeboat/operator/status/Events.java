package dev.lifeboat.operator.status;

import dev.lifeboat.crds.Condition;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kubernetes Events about our objects. What is told again is counted, not piled up. An Event that
 * cannot be written stops nothing. Thread-safe.
 */
public final class Events {

  private static final Logger LOG = LoggerFactory.getLogger(Events.class);
  private static final int MESSAGE_LIMIT = 1000;

  private final KubernetesClient client;
  private final Clock clock;

  public Events(KubernetesClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  /** One Event for each condition that moved; what nobody has looked at yet is none. */
  public void conditions(HasMetadata about, List<Condition> changed) {
    changed.stream()
        .filter(condition -> condition.status() != Condition.Status.Unknown)
        .forEach(condition ->
            tell(
                about,
                condition.status() == Condition.Status.True,
                condition.reason(),
                condition.type() + " is " + condition.status() + ": " + condition.message()));
  }

  public void tell(HasMetadata about, boolean good, String reason, String message) {
    String text = message.length() <= MESSAGE_LIMIT ? message : message.substring(0, MESSAGE_LIMIT);
    Event event = event(about, good ? "Normal" : "Warning", reason, text);
    Resource<Event> place =
        client.v1().events().inNamespace(about.getMetadata().getNamespace()).resource(event);
    try {
      create(place, event);
    } catch (KubernetesClientException e) {
      LOG.warn("an Event about {} could not be written: {}", about.getKind(), e.getMessage());
    }
  }

  private static void create(Resource<Event> place, Event event) {
    try {
      place.create();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
      place.edit(told ->
          new EventBuilder(told)
              .withLastTimestamp(event.getLastTimestamp())
              .withCount(told.getCount() + 1)
              .build());
    }
  }

  /** Of one name for one thing that is told of one object. */
  private Event event(HasMetadata about, String type, String reason, String text) {
    String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    String told = String.join("\n", about.getMetadata().getUid(), type, reason, text);
    UUID name = UUID.nameUUIDFromBytes(told.getBytes(StandardCharsets.UTF_8));
    return new EventBuilder()
        .withNewMetadata()
        .withName(about.getMetadata().getName() + "." + name)
        .withNamespace(about.getMetadata().getNamespace())
        .endMetadata()
        .withNewInvolvedObject()
        .withApiVersion(about.getApiVersion())
        .withKind(about.getKind())
        .withName(about.getMetadata().getName())
        .withNamespace(about.getMetadata().getNamespace())
        .withUid(about.getMetadata().getUid())
        .endInvolvedObject()
        .withType(type)
        .withReason(reason)
        .withMessage(text)
        .withNewSource()
        .withComponent("lifeboat-operator")
        .endSource()
        .withFirstTimestamp(now)
        .withLastTimestamp(now)
        .withCount(1)
        .build();
  }
}
