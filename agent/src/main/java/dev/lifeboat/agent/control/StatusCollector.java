package dev.lifeboat.agent.control;

import io.prometheus.client.Collector;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.GaugeMetricFamily;
import io.prometheus.client.hotspot.MemoryPoolsExports;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The agent's figures, out of its status at the moment they are asked for. Thread-safe. */
public final class StatusCollector extends Collector {
  private final Supplier<AgentStatus> status;

  private StatusCollector(Supplier<AgentStatus> status) {
    this.status = status;
  }

  /** A registry of these figures and the JVM's memory. */
  public static CollectorRegistry registry(Supplier<AgentStatus> status) {
    CollectorRegistry registry = new CollectorRegistry();
    registry.register(new StatusCollector(status));
    registry.register(new MemoryPoolsExports());
    return registry;
  }

  @Override
  public List<MetricFamilySamples> collect() {
    AgentStatus now = status.get();
    List<MetricFamilySamples> all = new ArrayList<>();
    gauge(all, "consistent", "1 if marks are recovery points", "Consistent".equals(now.state()));
    gauge(all, "dormant", "1 if the agent does nothing", "Dormant".equals(now.state()));
    gauge(all, "connected", "1 if a process server takes the log", now.connected());
    gauge(all, "converging_bytes", "bytes still to be read", (double) now.bytesLeft());
    gauge(all, "lag_bytes", "captured and not yet durable", (double) now.lagBytes());
    gauge(all, "lag_seconds", "age of the newest mark in the vault", now.lagSeconds());
    gauge(all, "captured_position", "where the newest write ends", (double) now.position());
    gauge(all, "ring_fill_ratio", "how full the kernel's ring is", now.ringFill());
    gauge(all, "journal_files", "files of tracked changes in use", now.journalFiles());
    gauge(all, "lost_writes", "writes that were not kept whole", (double) now.losses().total());
    return all;
  }

  private static void gauge(
      List<MetricFamilySamples> all, String name, String help, boolean value) {
    gauge(all, name, help, value ? 1 : 0);
  }

  private static void gauge(List<MetricFamilySamples> all, String name, String help, double value) {
    all.add(new GaugeMetricFamily("lifeboat_agent_" + name, help, value));
  }
}
