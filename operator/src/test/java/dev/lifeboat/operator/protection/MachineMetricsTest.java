package dev.lifeboat.operator.protection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.crds.ProtectedVM;
import dev.lifeboat.crds.ProtectedVMStatus;
import dev.lifeboat.crds.ProtectedVMStatus.Health;
import dev.lifeboat.operator.vaults.VaultPoint;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.prometheus.client.CollectorRegistry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MachineMetricsTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final CollectorRegistry registry = new CollectorRegistry();
  private final MachineMetrics metrics = new MachineMetrics(registry);
  private final ProtectedVM machine = new ProtectedVM();

  MachineMetricsTest() {
    machine.setMetadata(new ObjectMetaBuilder().withName("m").build());
  }

  private static ProtectedVMStatus status(Health health, String lastPoint) {
    return new ProtectedVMStatus(
        null, null, null, health, null, null, null, null, lastPoint, null, null, null, null);
  }

  private Double value(String name) {
    return registry.getSampleValue(name, new String[] {"machine"}, new String[] {"m"});
  }

  private Double age() {
    return value("lifeboat_machine_recovery_point_age_seconds");
  }

  @Test
  void ageGoesOn_whileThePointsCannotBeRead() {
    Instant point = NOW.minusSeconds(5);
    ProtectedVMStatus status = status(Health.Normal, point.minusSeconds(20).toString());
    metrics.seen(machine, status, List.of(new VaultPoint("p", point, "", Map.of())), NOW);
    assertThat(age()).as("a status is behind").isEqualTo(5);
    assertThat(value("lifeboat_machine_health")).isEqualTo(0);
    metrics.seen(
        machine, status(Health.Critical, point.toString()), List.of(), NOW.plusSeconds(3600));
    assertThat(age()).isEqualTo(3605);
    assertThat(value("lifeboat_machine_health")).isEqualTo(2);
  }

  @Test
  void machineWithoutAPoint_hasNoAge() {
    metrics.seen(machine, status(Health.Warning, null), List.of(), NOW);
    assertThat(age()).isNull();
  }

  @Test
  void deletedMachine_isForgotten() {
    metrics.seen(machine, status(Health.Warning, NOW.toString()), List.of(), NOW);
    metrics.forget(machine);
    assertThat(age()).isNull();
    assertThat(value("lifeboat_machine_health")).isNull();
  }
}
