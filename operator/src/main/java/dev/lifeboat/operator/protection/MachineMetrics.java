package dev.lifeboat.operator.protection;

import dev.lifeboat.crds.ProtectedVM;
import dev.lifeboat.crds.ProtectedVMStatus;
import dev.lifeboat.operator.vaults.VaultPoint;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Gauge;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Live figures of machines: what is too quick for a status. Thread-safe. */
public final class MachineMetrics {

  private final Gauge age;
  private final Gauge healthy;

  public MachineMetrics(CollectorRegistry registry) {
    age =
        Gauge.build(
                "lifeboat_machine_recovery_point_age_seconds",
                "Age of the machine's newest recovery point, as far as one is known")
            .labelNames("machine")
            .register(registry);
    healthy =
        Gauge.build("lifeboat_machine_health", "0 Normal, 1 Warning, 2 Critical, as in the status")
            .labelNames("machine")
            .register(registry);
  }

  void seen(ProtectedVM machine, ProtectedVMStatus status, List<VaultPoint> points, Instant now) {
    String name = machine.getMetadata().getName();
    if (status.replicationHealth() != null) {
      healthy
          .labels(name)
          .set(
              switch (status.replicationHealth()) {
                case Normal -> 0;
                case Warning -> 1;
                case Critical -> 2;
              });
    }
    newest(status, points)
        .ifPresent(time -> age.labels(name).set(Duration.between(time, now).toMillis() / 1000.0));
  }

  /** The status still tells of one when the points cannot be read: its age goes on. */
  private static Optional<Instant> newest(ProtectedVMStatus status, List<VaultPoint> points) {
    return points.stream()
        .map(VaultPoint::time)
        .max(Instant::compareTo)
        .or(() -> Optional.ofNullable(status.lastRecoveryPointTime()).map(Instant::parse));
  }

  void forget(ProtectedVM machine) {
    age.remove(machine.getMetadata().getName());
    healthy.remove(machine.getMetadata().getName());
  }
}
