package dev.lifeboat.agent.shipping;

import dev.lifeboat.agent.capture.CaptureSource;
import dev.lifeboat.agent.capture.Checkpoint;
import dev.lifeboat.agent.convergence.BaseBlocks;
import dev.lifeboat.agent.convergence.Convergence;
import dev.lifeboat.agent.convergence.Progress;
import dev.lifeboat.wire.frame.Compressor;
import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.FrameKind;
import dev.lifeboat.wire.frame.Origin;
import dev.lifeboat.wire.frame.Span;
import dev.lifeboat.wire.frame.StateBody;
import dev.lifeboat.wire.protocol.Message;
import java.io.Closeable;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the machine's log to a process server. {@link #step} does what can be done now and never
 * waits: one thread calls it again and again (see {@link ShippingLoop}). Everything that survives a
 * broken link, a killed agent or a reboot survives in the source, the journal and the state
 * directory; here is only what is under way.
 */
public final class Shipper implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(Shipper.class);

  /** The log goes out faster than tracked changes may come in, or they would never end. */
  private static final int SHIPMENTS = 16;

  private static final long REFRESH = 20_000_000L;
  private static final long STATE_EVERY = 10_000_000_000L;

  private final ShipperParts parts;
  private final CaptureSource source;
  private final Convergence convergence;
  private final LongSupplier nanos;
  private final Outbound outbound = new Outbound();
  private final Compressor compressor = new Compressor();
  private final FrameCutter cutter;
  private final Siding siding;
  private final LogStream log;
  private final Marks marks;
  private final Session session;
  private Origin origin;
  private boolean wasShipping;
  private long lastDurable;
  private long turnBehind;
  private long refreshAt;
  private long stateAt;
  private Optional<StateBody> lastState = Optional.empty();
  private Optional<Message.Welcome> resumedAt = Optional.empty();

  /** Over parts that stay with their owner. */
  public Shipper(ShipperParts parts) {
    this.parts = parts;
    this.source = parts.source();
    this.convergence = parts.convergence();
    this.nanos = parts.nanos();
    this.cutter = new FrameCutter(parts.codec(), compressor);
    this.siding = new Siding(parts.journal(), nanos);
    this.marks = new Marks(parts.machine(), nanos, () -> parts.destination().get().markEvery());
    this.log =
        new LogStream(
            source,
            outbound,
            convergence,
            siding,
            cutter,
            mark -> marks.lost(mark.body().bootNanos()));
    this.session =
        new Session(
            parts.dialer(),
            () -> parts.destination().get().servers(),
            this::hello,
            nanos,
            parts.serverTimeout());
    this.refreshAt = nanos.getAsLong();
    this.stateAt = refreshAt;
    begin();
  }

  private void begin() {
    origin = new Origin(parts.lineage().machine(), parts.lineage().lineage());
    log.begin(origin, new LogFramer(origin, parts.codec(), compressor, parts.machine()::bootNanos));
  }

  private Message.Hello hello() {
    Checkpoint held = source.released();
    return new Message.Hello(
        origin.machine(),
        parts.hardware(),
        parts.machine().bootId(),
        origin.lineage(),
        held.position(),
        held.chain(),
        parts.version());
  }

  /** Asks for a mark; any thread. */
  public MarkOrder mark(String label, boolean patient) {
    return marks.order(label, patient);
  }

  /** Does what can be done now; whether it was anything. */
  public boolean step() {
    boolean busy = receive();
    refresh();
    Optional<Link> link = session.shipping();
    if (wasShipping && link.isEmpty()) {
      wasShipping = false;
      log.resumed();
    }
    if (link.isPresent() && wasShipping) {
      busy |= outbound.send(link.get());
      sendState();
      for (int i = 0; i < SHIPMENTS && log.ship(); i++) {
        busy = true;
        busy |= outbound.send(link.get());
      }
      if (!log.holdsPoints()) {
        busy |= shipBase();
      }
      busy |= outbound.send(link.get());
      log.trim();
      turn();
    }
    busy |= log.side(false);
    takeMark();
    if (log.diverged()) {
      newLineage("the source was rolled back");
    }
    return busy;
  }

  private boolean receive() {
    boolean heard = false;
    for (Optional<Message> message = session.step();
        message.isPresent();
        message = session.step()) {
      heard = true;
      switch (message.get()) {
        case Message.Welcome welcome -> welcomed(welcome);
        case Message.Ack ack -> acknowledged(ack);
        case Message.Credit credit -> outbound.credit(credit.bytes());
        default -> throw new IllegalStateException("unexpected " + message.get());
      }
    }
    return heard;
  }

  private void refresh() {
    long now = nanos.getAsLong();
    if (now - refreshAt >= 0) {
      refreshAt = now + REFRESH;
      convergence.refresh();
    }
  }

  private void welcomed(Message.Welcome welcome) {
    boolean ours = welcome.lineage().equals(origin.lineage());
    if (ours) {
      arrived(outbound.acknowledge(welcome.sequence(), welcome.uploaded()));
    }
    lose(outbound.abandon());
    Optional<String> end = ours ? whyNotResumed(welcome) : whyNotStarted(welcome);
    if (end.isPresent()) {
      newLineage(end.get());
      return;
    }
    resumedAt = Optional.of(welcome);
    if (ours) {
      resume(welcome);
    } else {
      start(welcome);
    }
    wasShipping = true;
    lastState = Optional.empty();
    turnBehind = outbound.sequence();
    log.resumed();
  }

  /** Why a lineage that the server holds cannot go on: the server is ahead, or takes nothing. */
  private Optional<String> whyNotResumed(Message.Welcome welcome) {
    return refused(welcome) || welcome.position() > source.producerPosition()
        ? Optional.of("the far side holds another history than the source")
        : Optional.empty();
  }

  /**
   * Why a lineage that does not end the server's log cannot begin there. A lineage begins once:
   * after its first frame was durable, a second beginning would be a second history under one name,
   * and replay would mix the two. A copy of the machine from before that frame does not know; there
   * the server refuses.
   */
  private Optional<String> whyNotStarted(Message.Welcome welcome) {
    if (convergence.isHeld()) {
      return Optional.of("the process server's log does not end with this lineage any more");
    }
    return refused(welcome)
        ? Optional.of("the process server takes nothing of this lineage")
        : Optional.empty();
  }

  /** Whether it refused what goes on behind the same place where it stood before. */
  private boolean refused(Message.Welcome welcome) {
    return wasShipping
        && resumedAt.isPresent()
        && resumedAt.get().lineage().equals(welcome.lineage())
        && resumedAt.get().sequence() == welcome.sequence()
        && resumedAt.get().position() == welcome.position();
  }

  private void resume(Message.Welcome welcome) {
    outbound.resume(welcome);
    long expected = Math.max(lastDurable, convergence.settledSequence());
    if (welcome.sequence() < expected) {
      convergence.reclaim("the process server lost what it had acknowledged");
      log.invalidateMarks();
    }
    lastDurable = welcome.sequence();
    marks.resumed(welcome.sequence());
    marks.uploaded(welcome.uploaded(), origin.lineage(), welcome.epoch());
    if (welcome.sequence() > 0) {
      convergence.held(welcome.sequence());
    }
  }

  /** Nothing of this lineage ever was durable: its first frame is a STATE, where the boot began. */
  private void start(Message.Welcome welcome) {
    marks.restarted();
    lastDurable = 0;
    outbound.resume(
        new Message.Welcome(
            welcome.epoch(),
            origin.lineage(),
            0,
            parts.lineage().base(),
            parts.lineage().chain(),
            0,
            welcome.credit()));
  }

  private void acknowledged(Message.Ack ack) {
    List<Outbound.Sent> arrived = outbound.acknowledge(ack.durable(), ack.uploaded());
    if (!arrived.isEmpty()) {
      arrived(arrived);
      convergence.held(lastDurable);
      outbound.due().ifPresent(source::release);
    }
    marks.uploaded(ack.uploaded(), origin.lineage(), outbound.epoch());
  }

  private void arrived(List<Outbound.Sent> arrived) {
    for (Outbound.Sent sent : arrived) {
      lastDurable = sent.sequence();
      switch (sent.cargo()) {
        case Cargo.Base base -> convergence.durable(base.blocks(), sent.sequence());
        case Cargo.Marked mark ->
            marks.arrived(mark, sent.sequence(), origin.lineage(), outbound.epoch());
        case Cargo.Log _, Cargo.Word _ -> {
          // The log is released by checkpoint.
        }
      }
    }
  }

  private void lose(List<Cargo> cargo) {
    boolean blocks = false;
    for (Cargo lost : cargo) {
      switch (lost) {
        case Cargo.Base base -> {
          convergence.lost(base.blocks());
          blocks = true;
        }
        case Cargo.Marked mark -> {
          if (!mark.journalled()) {
            marks.lost(mark.bootNanos());
          }
        }
        case Cargo.Log _, Cargo.Word _ -> {
          // The log comes again by itself.
        }
      }
    }
    if (blocks) {
      log.invalidateMarks();
    }
  }

  private boolean shipBase() {
    boolean shipped = false;
    for (long room = outbound.room(); room > 0 && !shipped; room = outbound.room()) {
      Optional<BaseBlocks> blocks = convergence.next(origin, outbound.chain());
      if (blocks.isEmpty()) {
        return false;
      }
      outbound.add(blocks.get().frame(), new Cargo.Base(blocks.get()));
      shipped = true;
    }
    return shipped;
  }

  private void takeMark() {
    if (log.takesMarks()) {
      marks.due(convergence).ifPresent(log::mark);
    }
  }

  /** What was shipped before the last turn is in the vault: its ranges may be forgotten. */
  private void turn() {
    if (outbound.nothingWaits()
        && siding.isEmpty()
        && outbound.uploaded() >= turnBehind
        && outbound.sequence() > turnBehind) {
      convergence.turn();
      turnBehind = outbound.sequence();
    }
  }

  private void sendState() {
    long now = nanos.getAsLong();
    Progress progress = convergence.progress();
    StateBody body = States.of(progress);
    boolean changed = lastState.isEmpty() || !States.same(lastState.get(), body);
    boolean due = !progress.consistent() && now - stateAt > STATE_EVERY;
    if (changed || due) {
      lastState = Optional.of(body);
      stateAt = now;
      Span here = Span.at(outbound.position(), outbound.chain());
      outbound.add(
          Frame.control(FrameKind.STATE, origin, here, parts.machine().bootNanos(), body.encode()),
          new Cargo.Word());
    }
  }

  private void newLineage(String reason) {
    LOG.error("{}: a new lineage begins, all disks are read", reason);
    lose(outbound.abandon());
    parts.lineage().renew();
    Checkpoint held = source.released();
    source.rewind();
    source.release(new Checkpoint(held.position(), parts.lineage().chain(), held.heldFrom()));
    begin();
    siding.restart(origin);
    convergence.newLineage(origin.lineage(), reason);
    marks.restarted();
    lastDurable = 0;
    resumedAt = Optional.empty();
    wasShipping = false;
    session.reconnect(reason);
  }

  /** At a clean stop: what is in the ring goes to the journal, where it outlives the boot. */
  public void park() {
    session.close();
    log.resumed();
    while (log.side(true)) {
      // The ring is emptied piece by piece.
    }
  }

  /** Where it stands. */
  public ShippingStatus status() {
    return new ShippingStatus(
        convergence.progress(),
        session.phase() == Session.Phase.SHIPPING,
        session.server().toString(),
        session.trouble(),
        origin.lineage(),
        outbound.epoch(),
        new ShippingStatus.Figures(
            source.producerPosition(),
            source.released().position(),
            outbound.durablePosition(),
            outbound.sequence(),
            outbound.durable(),
            outbound.uploaded(),
            outbound.underWay(),
            marks.takenBootNanos(),
            marks.uploadedBootNanos()),
        source.fill(),
        siding.files(),
        siding.failure());
  }

  @Override
  public void close() {
    session.close();
    cutter.close();
    compressor.close();
  }
}
