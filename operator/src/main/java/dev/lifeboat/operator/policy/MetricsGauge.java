package dev.lifeboat.operator.policy;

import dev.lifeboat.crds.ReplicationPolicy;
import dev.lifeboat.operator.protection.ServerGauge;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Asks the metrics of a policy's living process servers how far their uploads lag. */
public final class MetricsGauge implements ServerGauge {

  private static final Duration WITHIN = Duration.ofSeconds(2);
  private static final String LAG = "lifeboat_ps_upload_lag_seconds ";

  private final KubernetesClient client;
  private final Clock clock;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(WITHIN).build();

  public MetricsGauge(KubernetesClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  @Override
  public Optional<Instant> uploadedUntil(ReplicationPolicy policy) {
    Instant now = clock.instant();
    return client
        .pods()
        .inNamespace(policy.getMetadata().getNamespace())
        .withLabels(ServerNames.labels(policy))
        .list()
        .getItems()
        .stream()
        .filter(MetricsGauge::isReady)
        .flatMap(pod -> lag(pod).stream())
        .map(now::minus)
        .min(Instant::compareTo);
  }

  private static boolean isReady(Pod pod) {
    return pod.getStatus() != null
        && pod.getStatus().getPodIP() != null
        && pod.getStatus().getConditions().stream()
            .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
  }

  /** Empty when it does not answer: then it is not living, whatever Kubernetes says. */
  private Optional<Duration> lag(Pod pod) {
    URI uri =
        URI.create(
            "http://" + pod.getStatus().getPodIP() + ":" + ServerNames.METRICS_PORT + "/metrics");
    try {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(uri).timeout(WITHIN).build(),
              HttpResponse.BodyHandlers.ofString());
      return answer
          .body()
          .lines()
          .filter(line -> line.startsWith(LAG))
          .findFirst()
          .map(line -> Double.parseDouble(line.substring(LAG.length())))
          .map(seconds -> Duration.ofMillis((long) (seconds * 1000)));
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
