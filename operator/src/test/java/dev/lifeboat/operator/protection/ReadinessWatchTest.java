package dev.lifeboat.operator.protection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.crds.ReplicationPolicy;
import dev.lifeboat.crds.TargetSpec;
import dev.lifeboat.operator.MovableClock;
import dev.lifeboat.operator.cloud.CloudException;
import dev.lifeboat.operator.cloud.CloudException.Reason;
import dev.lifeboat.operator.cloud.Readiness;
import dev.lifeboat.operator.cloud.Replica;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ReadinessWatchTest {

  private static final Replica REPLICA = replica("m");

  private final List<Runnable> waiting = new ArrayList<>();
  private final MovableClock clock = new MovableClock();
  private int opened;
  private final ReadinessWatch watch =
      new ReadinessWatch(
          policy -> {
            opened++;
            throw new CloudException(Reason.CredentialRefused, "renew it");
          },
          waiting::add,
          clock);

  private static Replica replica(String name) {
    return new Replica(
        new UUID(1, 1),
        "",
        Replica.Purpose.Failover,
        name,
        new Replica.Place("subscription", "group", "region"),
        new Replica.Network("subnet", Optional.empty(), false),
        new Replica.Sizing(Optional.empty(), 1, 1024, TargetSpec.DiskType.StandardSSD_LRS),
        Map.of());
  }

  private Optional<Readiness> look(Replica replica) {
    return watch.of(new ReplicationPolicy(), replica, 2, Optional.empty());
  }

  private void answer() {
    List<Runnable> tasks = List.copyOf(waiting);
    waiting.clear();
    tasks.forEach(Runnable::run);
  }

  @Test
  void asksInTheBackground_andAgainAfterAnInterval() {
    assertThat(look(REPLICA)).isEmpty();
    assertThat(look(REPLICA)).isEmpty();
    assertThat(waiting).hasSize(1);
    answer();
    assertThat(look(REPLICA).orElseThrow().worst().orElseThrow().reason())
        .isEqualTo("CredentialRefused");
    clock.forward(ReadinessWatch.EVERY_IN_TROUBLE.minusMillis(1));
    assertThat(look(REPLICA)).isPresent();
    assertThat(waiting).isEmpty();
    clock.forward(Duration.ofMillis(1));
    assertThat(look(REPLICA)).as("what was found last stays").isPresent();
    assertThat(waiting).hasSize(1);
    answer();
    assertThat(opened).isEqualTo(2);
  }

  @Test
  void anotherTarget_isAskedForAtOnce_andALateAnswerIsDropped() {
    assertThat(look(REPLICA)).isEmpty();
    assertThat(look(replica("other"))).isEmpty();
    assertThat(waiting).hasSize(2);
    waiting.removeLast();
    answer();
    assertThat(look(replica("other"))).as("that was of the first target").isEmpty();
    watch.forget(REPLICA.machine());
    assertThat(look(replica("other"))).isEmpty();
    assertThat(waiting).hasSize(1);
  }
}
