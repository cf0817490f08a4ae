package dev.lifeboat.operator.status;

import dev.lifeboat.crds.Condition;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Kubernetes Events about our objects. An Event that cannot be written stops nothing. */
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
    String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    String text = message.length() <= MESSAGE_LIMIT ? message : message.substring(0, MESSAGE_LIMIT);
    try {
      client
          .v1()
          .events()
          .inNamespace(about.getMetadata().getNamespace())
          .resource(
              new EventBuilder()
                  .withNewMetadata()
                  .withGenerateName(about.getMetadata().getName() + "-")
                  .withNamespace(about.getMetadata().getNamespace())
                  .endMetadata()
                  .withNewInvolvedObject()
                  .withApiVersion(about.getApiVersion())
                  .withKind(about.getKind())
                  .withName(about.getMetadata().getName())
                  .withNamespace(about.getMetadata().getNamespace())
                  .withUid(about.getMetadata().getUid())
                  .endInvolvedObject()
                  .withType(good ? "Normal" : "Warning")
                  .withReason(reason)
                  .withMessage(text)
                  .withNewSource()
                  .withComponent("lifeboat-operator")
                  .endSource()
                  .withFirstTimestamp(now)
                  .withLastTimestamp(now)
                  .withCount(1)
                  .build())
          .create();
    } catch (KubernetesClientException e) {
      LOG.warn("an Event about {} could not be written: {}", about.getKind(), e.getMessage());
    }
  }
}
