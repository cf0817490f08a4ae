package dev.lifeboat.agent;

import dev.lifeboat.agent.capture.BpfCaptureSource;
import dev.lifeboat.agent.capture.CaptureSettings;
import dev.lifeboat.agent.capture.ProtectedDisk;
import dev.lifeboat.agent.control.AgentStatus;
import dev.lifeboat.agent.convergence.BaseFrames;
import dev.lifeboat.agent.convergence.Convergence;
import dev.lifeboat.agent.convergence.DirectDiskReader;
import dev.lifeboat.agent.convergence.RateLimit;
import dev.lifeboat.agent.enrolment.DiskBindings;
import dev.lifeboat.agent.enrolment.Enrolment;
import dev.lifeboat.agent.hardware.HardwareIdentity;
import dev.lifeboat.agent.hardware.Machine;
import dev.lifeboat.agent.settings.AgentSettings;
import dev.lifeboat.agent.settings.StateDirectory;
import dev.lifeboat.agent.shipping.Destination;
import dev.lifeboat.agent.shipping.FrameJournal;
import dev.lifeboat.agent.shipping.MarkOrder;
import dev.lifeboat.agent.shipping.NettyDialer;
import dev.lifeboat.agent.shipping.NoJournal;
import dev.lifeboat.agent.shipping.Shipper;
import dev.lifeboat.agent.shipping.ShipperParts;
import dev.lifeboat.agent.shipping.ShippingLoop;
import dev.lifeboat.agent.shipping.TrackedJournal;
import dev.lifeboat.wire.frame.Chain;
import dev.lifeboat.wire.frame.Compressor;
import dev.lifeboat.wire.frame.FrameHeader;
import dev.lifeboat.wire.frame.Origin;
import dev.lifeboat.wire.identity.Identity;
import dev.lifeboat.wire.identity.IdentityException;
import dev.lifeboat.wire.identity.TlsContexts;
import dev.lifeboat.wire.journal.Bounds;
import dev.lifeboat.wire.journal.Space;
import dev.lifeboat.wire.journal.TrackedChanges;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An agent put together and running: capture, convergence, journal, shipping. Closing ends it
 * cleanly; capture goes on in the kernel until {@link #detach}.
 */
final class Agent implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(Agent.class);
  private static final int SEGMENT = Bounds.DEFAULT.segmentBytes();

  private final AgentSettings settings;
  private final Machine machine;
  private final Enrolment enrolment;
  private final Deque<Closeable> open = new ArrayDeque<>();
  private final BpfCaptureSource source;
  private final NettyDialer dialer;
  private final Shipper shipper;
  private final ShippingLoop loop;
  private volatile Destination destination;

  /** Starts; {@code failed} is told if shipping ends by an error. */
  Agent(
      AgentSettings settings,
      Machine machine,
      StateDirectory state,
      Enrolment enrolment,
      Runnable failed)
      throws IOException, IdentityException {
    this.settings = settings;
    this.machine = machine;
    this.enrolment = enrolment;
    this.destination = new Destination(settings.servers(), settings.markEvery());
    Identity identity = Identity.load(settings.identity());
    identity.requireValid(Instant.now());
    try {
      source = keep(capture(DiskBindings.resolve(state, settings.disks())));
      dialer = keep(new NettyDialer(TlsContexts.agent(identity), machine::bootNanos));
      shipper = new Shipper(parts(state));
      loop = new ShippingLoop(shipper, failed);
    } catch (IOException | IdentityException | RuntimeException e) {
      closeAll();
      throw e;
    }
    loop.start();
  }

  private <T extends Closeable> T keep(T resource) {
    open.push(resource);
    return resource;
  }

  /**
   * Goes on with what runs in the kernel if it is ours, else begins a capture of its own number.
   */
  private BpfCaptureSource capture(List<ProtectedDisk> disks) throws IOException {
    if (enrolment.captureBegun() && BpfCaptureSource.stands(captureSettings())) {
      BpfCaptureSource running = BpfCaptureSource.open(captureSettings(), disks);
      if (running.resumed() && enrolment.covers(running.released().position())) {
        LOG.info("capture goes on where it stood");
        return running;
      }
      running.close();
      LOG.warn("what was captured before does not belong to this state: capture begins anew");
    }
    BpfCaptureSource.detach(captureSettings());
    enrolment.beginCapture();
    return BpfCaptureSource.open(captureSettings(), disks);
  }

  private CaptureSettings captureSettings() {
    return new CaptureSettings(
        settings.bpfDirectory(),
        settings.stateDirectory(),
        settings.ringBytes(),
        enrolment.base(),
        enrolment.chain());
  }

  private ShipperParts parts(StateDirectory state) throws IOException {
    Compressor compressor = keep(new Compressor());
    DirectDiskReader reader = keep(new DirectDiskReader(FrameHeader.TARGET_RAW));
    Convergence convergence =
        new Convergence(
            new Convergence.Parts(
                source,
                reader,
                new BaseFrames(settings.codec(), compressor, machine::bootNanos),
                state,
                new RateLimit(settings.baseRate(), System::nanoTime),
                System::nanoTime),
            enrolment.lineage(),
            enrolment.captureId());
    return new ShipperParts(
        source,
        convergence,
        keep(journal()),
        dialer,
        () -> destination,
        enrolment,
        machine,
        enrolment.hardware().text(),
        AgentCommand.VERSION,
        settings.codec(),
        settings.serverTimeout(),
        System::nanoTime);
  }

  private FrameJournal journal() throws IOException {
    if (settings.journal().isEmpty()) {
      return new NoJournal();
    }
    AgentSettings.Journal wanted = settings.journal().get();
    Path directory = Files.createDirectories(wanted.directory());
    if (!source.recognisesOwnWrites(directory)) {
      LOG.warn(
          "writes to {} cannot be told from those of others: there are no tracked changes, the"
              + " kernel's ring is all there is",
          directory);
      return new NoJournal();
    }
    return TrackedJournal.open(
        directory,
        new Origin(enrolment.machine(), enrolment.lineage()),
        new Bounds(wanted.mostBytes(), wanted.percent(), SEGMENT),
        Space.of(directory),
        source.ownWrites());
  }

  AgentStatus status() {
    return AgentStatus.of(
        enrolment.machine().toString(), loop.status(), source.losses(), machine.bootNanos());
  }

  /** From now on the log goes there; any thread. */
  void assign(Destination next) {
    destination = next;
  }

  /** From the next connection on the agent shows this identity; any thread. */
  void identify(Identity next) throws IdentityException {
    dialer.identify(TlsContexts.agent(next));
  }

  /** Asks for a mark, to be followed to the vault. */
  MarkOrder mark(String label, boolean patient) {
    return shipper.mark(label, patient);
  }

  /**
   * Ends the capture that runs for these settings; no agent may run with them. Tracked changes go
   * too: no mark in them is a point once capture ended, and all disks are read again. What stays is
   * who the machine is and which disk an id stands for.
   */
  static void detach(AgentSettings settings) throws IOException {
    BpfCaptureSource.detach(
        new CaptureSettings(
            settings.bpfDirectory(),
            settings.stateDirectory(),
            settings.ringBytes(),
            0,
            Chain.START));
    if (settings.journal().isPresent()) {
      TrackedChanges.remove(settings.journal().get().directory());
    }
    Files.deleteIfExists(StateDirectory.control(settings.stateDirectory()));
  }

  /** The machine that the settings speak of. */
  static HardwareIdentity hardware(AgentSettings settings, Machine machine) {
    return HardwareIdentity.of(machine, settings.hardwareId());
  }

  @Override
  public void close() throws IOException {
    loop.close();
    closeAll();
  }

  private void closeAll() throws IOException {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }
}
