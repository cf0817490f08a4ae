package dev.lifeboat.replicator.processserver.metrics;

import io.prometheus.client.Collector;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.GaugeMetricFamily;
import io.prometheus.client.hotspot.DefaultExports;
import java.util.List;
import java.util.function.DoubleSupplier;

/** The figures of one process server, in a registry of its own. Thread-safe. */
public final class ServerMetrics {
  private final CollectorRegistry registry = new CollectorRegistry(true);
  private final Counter received = counter("received_bytes", "Bytes of frames taken from agents");
  private final Counter durable =
      counter("durable_bytes", "Bytes of frames made durable in the cache");
  private final Counter coalesced =
      counter(
          "coalesced_bytes",
          "Bytes of writes left out because a later write before the next mark covers them");
  private final Counter uploadedRaw =
      counter("uploaded_raw_bytes", "Bytes of changes uploaded, before compression");
  private final Counter uploaded = counter("uploaded_bytes", "Bytes of blobs uploaded");
  private final Counter segments = counter("segments", "Segments uploaded");
  private final Counter uploadFailures =
      counter("upload_failures", "Calls to the blob service that failed");
  private final Counter takeovers =
      counter("takeovers", "Machines taken over from another server or an emptied cache");
  private final Counter fenced =
      counter("fenced", "Machines given up because another server took them over");
  private final Counter damaged =
      counter("cache_damaged", "Times that a cache did not give back what was written");
  private final Gauge sessions = gauge("sessions", "Connections that stream");
  private final Counter refusals =
      Counter.build("lifeboat_ps_refusals", "Connections refused, by reason")
          .labelNames("reason")
          .register(registry);

  public ServerMetrics() {
    DefaultExports.register(registry);
  }

  /** What an endpoint serves. */
  public CollectorRegistry registry() {
    return registry;
  }

  /** A gauge that is read when it is asked for. */
  public void gauge(String name, String help, DoubleSupplier value) {
    registry.register(
        new Collector() {
          @Override
          public List<MetricFamilySamples> collect() {
            return List.of(new GaugeMetricFamily("lifeboat_ps_" + name, help, value.getAsDouble()));
          }
        });
  }

  public void received(long bytes) {
    received.inc((double) bytes);
  }

  public void durable(long bytes) {
    durable.inc((double) bytes);
  }

  public void coalesced(long bytes) {
    coalesced.inc((double) bytes);
  }

  /** A segment is in the vault. */
  public void uploaded(long rawBytes, long blobBytes) {
    segments.inc();
    uploadedRaw.inc((double) rawBytes);
    uploaded.inc((double) blobBytes);
  }

  public void uploadFailed() {
    uploadFailures.inc();
  }

  public void tookOver() {
    takeovers.inc();
  }

  public void fenced() {
    fenced.inc();
  }

  public void cacheDamaged() {
    damaged.inc();
  }

  public void sessionBegan() {
    sessions.inc();
  }

  public void sessionEnded() {
    sessions.dec();
  }

  public void refused(String reason) {
    refusals.labels(reason).inc();
  }

  private Counter counter(String name, String help) {
    return Counter.build("lifeboat_ps_" + name, help).register(registry);
  }

  private Gauge gauge(String name, String help) {
    return Gauge.build("lifeboat_ps_" + name, help).register(registry);
  }
}
