package dev.lifeboat.agent.shipping;

import dev.lifeboat.agent.capture.CaptureSource;
import dev.lifeboat.agent.convergence.Convergence;
import dev.lifeboat.agent.hardware.Machine;
import dev.lifeboat.wire.frame.Codec;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * What a {@link Shipper} works with.
 *
 * @param hardware who the hardware says it is, for people
 * @param serverTimeout silence after which the next server is greeted
 * @param nanos a clock that never runs backwards
 */
public record ShipperParts(
    CaptureSource source,
    Convergence convergence,
    FrameJournal journal,
    Dialer dialer,
    List<ServerAddress> servers,
    LineageKeeper lineage,
    Machine machine,
    String hardware,
    String version,
    Codec codec,
    Duration markInterval,
    Duration serverTimeout,
    LongSupplier nanos) {
  public ShipperParts {
    servers = List.copyOf(servers);
  }
}
