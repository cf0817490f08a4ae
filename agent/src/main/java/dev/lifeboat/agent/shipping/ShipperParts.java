package dev.lifeboat.agent.shipping;

import dev.lifeboat.agent.capture.CaptureSource;
import dev.lifeboat.agent.convergence.Convergence;
import dev.lifeboat.agent.hardware.Machine;
import dev.lifeboat.wire.frame.Codec;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What a {@link Shipper} works with.
 *
 * @param destination as it is now; what changes in it is done at the next step
 * @param hardware who the hardware says it is, for people
 * @param serverTimeout silence after which the next server is greeted
 * @param nanos a clock that never runs backwards
 */
public record ShipperParts(
    CaptureSource source,
    Convergence convergence,
    FrameJournal journal,
    Dialer dialer,
    Supplier<Destination> destination,
    LineageKeeper lineage,
    Machine machine,
    String hardware,
    String version,
    Codec codec,
    Duration serverTimeout,
    LongSupplier nanos) {}
