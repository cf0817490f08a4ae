package dev.lifeboat.agent.shipping;

import dev.lifeboat.agent.capture.CapturedDisk;
import dev.lifeboat.agent.capture.MemoryCaptureSource;
import dev.lifeboat.agent.capture.OwnWrites;
import dev.lifeboat.agent.convergence.BaseFrames;
import dev.lifeboat.agent.convergence.Convergence;
import dev.lifeboat.agent.convergence.DiskReader;
import dev.lifeboat.agent.convergence.RateLimit;
import dev.lifeboat.agent.hardware.FakeMachine;
import dev.lifeboat.agent.settings.StateDirectory;
import dev.lifeboat.wire.frame.Codec;
import dev.lifeboat.wire.frame.Compressor;
import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.Origin;
import dev.lifeboat.wire.journal.Bounds;
import dev.lifeboat.wire.journal.Space;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;

/** An agent over fakes: source, server and clock belong to the test, the rest is the real thing. */
final class Rig implements AutoCloseable {
  static final int SEGMENT = 256 * 1024;

  final MemoryCaptureSource source;
  final MemoryServer server;
  final FakeLineage lineage;
  final FakeMachine machine;
  final List<Frame> appended = new ArrayList<>();
  private final Path directory;
  private final Compressor compressor = new Compressor();
  UUID bootId = UUID.randomUUID();
  long now;
  long journalBytes = 4L * SEGMENT;
  Duration markInterval = Duration.ofMillis(1);
  boolean readFails;
  Runnable beforeRead = () -> {};
  Shipper shipper;
  Convergence convergence;
  private FrameJournal journal;

  Rig(Path directory, long ring, LongSupplier events) {
    this.directory = directory;
    this.source = new MemoryCaptureSource(ring);
    this.server = new MemoryServer(appended::add);
    this.lineage = new FakeLineage(bootId);
    this.machine = new FakeMachine(bootId, () -> events.getAsLong() * 1_000_000);
  }

  Path state() {
    return directory.resolve("state");
  }

  Map<Integer, byte[]> contents() {
    Map<Integer, byte[]> all = new HashMap<>();
    source.disks().forEach(disk -> all.put(disk.id(), source.disk(disk.id()).content()));
    return all;
  }

  Map<Integer, Integer> sizes() {
    Map<Integer, Integer> all = new HashMap<>();
    source.disks().forEach(disk -> all.put(disk.id(), (int) disk.size()));
    return all;
  }

  void boot(long number) {
    bootId = UUID.randomUUID();
    machine.reboot(bootId);
    lineage.set(lineage.lineage(), number, bootId);
    source.boot(number, lineage.lineage(), bootId);
  }

  void start() {
    LongSupplier clock = () -> now;
    try {
      StateDirectory states = StateDirectory.open(state());
      Origin origin = new Origin(lineage.machine(), lineage.lineage());
      Bounds bounds = new Bounds(journalBytes, 100, SEGMENT);
      Space space =
          new Space() {
            @Override
            public long total() {
              return 1L << 40;
            }

            @Override
            public long usable() {
              return 1L << 40;
            }
          };
      journal =
          TrackedJournal.open(
              directory.resolve("journal"), origin, bounds, space, OwnWrites.Body::run);
      convergence =
          new Convergence(
              new Convergence.Parts(
                  source,
                  new Reader(),
                  new BaseFrames(Codec.LZ4, compressor, machine::bootNanos),
                  states,
                  new RateLimit(0, clock),
                  clock),
              lineage.lineage(),
              bootId);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    shipper =
        new Shipper(
            new ShipperParts(
                source,
                convergence,
                journal,
                server,
                () ->
                    new Destination(
                        List.of(new ServerAddress("one", 1), new ServerAddress("two", 2)),
                        markInterval),
                lineage,
                machine,
                "model",
                "test",
                Codec.LZ4,
                Duration.ofSeconds(30),
                clock));
  }

  void kill() {
    server.cut();
    shipper.close();
    try {
      journal.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    source.killed();
  }

  /** Steps agent and server until neither has anything to do. */
  void settle() {
    for (int quiet = 0, steps = 0; quiet < 12; steps++) {
      now += 5_000_000;
      boolean stepped = shipper.step();
      boolean delivered = server.deliver();
      boolean busy = stepped || delivered;
      server.deliverAll();
      server.upload(Integer.MAX_VALUE);
      server.acknowledge();
      busy |= !convergence.idle() || !shipper.status().connected();
      quiet = busy ? 0 : quiet + 1;
      if (steps > 20_000) {
        throw new AssertionError(
            "does not settle: %s %s %s".formatted(stepped, delivered, shipper.status()));
      }
    }
  }

  @Override
  public void close() {
    kill();
    compressor.close();
  }

  private final class Reader implements DiskReader {
    @Override
    public MemorySegment read(CapturedDisk disk, long offset, int length) throws IOException {
      if (readFails) {
        throw new IOException("medium error");
      }
      beforeRead.run();
      byte[] bytes = new byte[length];
      System.arraycopy(source.disk(disk.id()).content(), (int) offset, bytes, 0, length);
      return MemorySegment.ofArray(bytes);
    }

    @Override
    public void forget(CapturedDisk disk) {}

    @Override
    public void close() {}
  }
}
