package dev.lifeboat.agent.shipping;

import dev.lifeboat.agent.capture.CaptureSource;
import dev.lifeboat.agent.capture.Checkpoint;
import dev.lifeboat.agent.convergence.Convergence;
import dev.lifeboat.wire.frame.Chain;
import dev.lifeboat.wire.frame.CorruptFrameException;
import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.FrameKind;
import dev.lifeboat.wire.frame.GapBody;
import dev.lifeboat.wire.frame.MarkBody;
import dev.lifeboat.wire.frame.Origin;
import dev.lifeboat.wire.frame.Span;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log on its way out: from the ring, or through the journal when the link lags. Whatever broke,
 * it goes on in one way: back to where ring or journal begin, over what the server holds, and a GAP
 * where nobody holds anything. Belongs to the shipping thread.
 */
final class LogStream {
  private static final Logger LOG = LoggerFactory.getLogger(LogStream.class);
  private static final String GIVEN_UP = "tracked changes were given up";
  private static final String DAMAGED = "tracked changes are damaged";
  private static final long MOST_AT_ONCE = 1024 * 1024;
  private static final long NO_MARK = -1;

  private final CaptureSource source;
  private final Outbound outbound;
  private final Convergence convergence;
  private final Siding siding;
  private final FrameCutter cutter;
  private final Consumer<Mark> lostMarks;
  private Origin origin;
  private LogFramer framer;
  private boolean aligned;
  private boolean diverged;
  private boolean drained;
  private long journalMarksInvalidTo = -1;
  private long newestJournalled = NO_MARK;
  private long newestSent = NO_MARK;

  /**
   * @param lostMarks gets the marks that were taken and will not be framed
   */
  LogStream(
      CaptureSource source,
      Outbound outbound,
      Convergence convergence,
      Siding siding,
      FrameCutter cutter,
      Consumer<Mark> lostMarks) {
    this.source = source;
    this.outbound = outbound;
    this.convergence = convergence;
    this.siding = siding;
    this.cutter = cutter;
    this.lostMarks = lostMarks;
  }

  /** Begins a lineage, or goes on with one after a restart of the agent. */
  void begin(Origin newOrigin, LogFramer newFramer) {
    origin = newOrigin;
    framer = newFramer;
    aligned = false;
    diverged = false;
    siding.end();
    // Blocks that such marks stand on may have been lost under way, and who knew it is gone.
    invalidateJournal();
    if (siding.wasBroken()) {
      convergence.reclaim(DAMAGED);
    }
  }

  /** Whether the far side's history is another one than the source's. */
  boolean diverged() {
    return diverged || framer.diverged();
  }

  /** The stream goes on elsewhere: what was not durable is framed again. */
  void resumed() {
    drained = false;
    newestSent = NO_MARK;
    siding.toOldest();
    if (!siding.active()) {
      aligned = false;
    }
  }

  /** Whether marks find their place now. */
  boolean takesMarks() {
    return (aligned || siding.active()) && !diverged();
  }

  void mark(Mark mark) {
    framer.mark(mark);
  }

  /**
   * Whether marks wait that may become points. Blocks that are read now may hold writes from after
   * such a mark that are in no log, and carry its very position: they must stay behind it.
   */
  boolean holdsPoints() {
    return framer.holdsPoints()
        || (newestSent < newestJournalled && outbound.position() <= newestJournalled);
  }

  /**
   * Blocks that were under way when marks were taken did not arrive: marks that have not been sent
   * are no points any more.
   */
  void invalidateMarks() {
    invalidateJournal();
    framer.takeMarks().forEach(lostMarks);
  }

  private void invalidateJournal() {
    journalMarksInvalidTo = source.producerPosition();
    newestJournalled = NO_MARK;
  }

  /** Marks that were taken and not placed are taken anew. */
  private void restart(Checkpoint held, long there, Optional<Chain> chain, LogFramer.Outlet out) {
    framer.takeMarks().forEach(lostMarks);
    framer.restart(held, there, chain, out);
  }

  /**
   * Lets go of what the journal needs to hold no longer. While it is read or written, something may
   * stand at the newest durable position and wait: that position is kept.
   */
  void trim() {
    if (siding.last().isPresent()) {
      boolean all = drained && !siding.active() && !outbound.holdsJournalled();
      siding.trim(outbound.durablePosition() - (all ? 0 : 1));
    }
  }

  /** Moves something of the log to the outbound stream. */
  boolean ship() {
    if (outbound.room() == 0 || diverged()) {
      return false;
    }
    Optional<Frame> journalled = nextJournalled();
    drained = journalled.isEmpty();
    if (journalled.isPresent()) {
      shipJournalled(journalled.get());
      return true;
    }
    if (siding.active()) {
      if (source.fill() > Siding.LOW) {
        return false;
      }
      endSiding();
    }
    if (!aligned) {
      align();
    }
    return !diverged() && pollDirect();
  }

  /**
   * Goes on straight, if the journal brought the stream to where the ring was emptied to. It need
   * not: it begins where the ring was released to, which may be far behind what was sent.
   */
  private void endSiding() {
    siding.end();
    aligned = framer.position() == outbound.position();
    if (aligned) {
      framer.redirect(new Direct());
    }
  }

  private Optional<Frame> nextJournalled() {
    try {
      return siding.next();
    } catch (IOException e) {
      LOG.error("tracked changes cannot be read; all disks are read again: {}", e.toString());
      siding.discard();
      convergence.wholeMachine(DAMAGED);
      invalidateMarks();
      aligned = false;
      return Optional.empty();
    }
  }

  private boolean pollDirect() {
    long position = source.checkpoint().position();
    int records = source.poll(framer, Math.min(MOST_AT_ONCE, outbound.room()));
    Checkpoint reached = source.checkpoint();
    framer.settle(reached.position());
    if (reached.position() != position && !framer.diverged()) {
      outbound.releaseBehind(reached).ifPresent(source::release);
    }
    return records > 0;
  }

  private void align() {
    source.rewind();
    Checkpoint held = source.released();
    if (outbound.position() < held.position()) {
      gap(held.position(), held.chain(), "the log before was not kept");
    }
    restart(held, outbound.position(), Optional.of(outbound.chain()), new Direct());
    aligned = true;
  }

  private void gap(long to, Chain chain, String reason) {
    LOG.warn("gap in the log from {} to {}: {}", outbound.position(), to, reason);
    Span span = new Span(outbound.position(), to, chain);
    outbound.add(
        Frame.control(FrameKind.GAP, origin, span, framer.now(), new GapBody(reason).encode()),
        new Cargo.Word());
    convergence.reclaim(reason);
    invalidateMarks();
  }

  private void shipJournalled(Frame frame) {
    Span span = frame.header().span();
    boolean data = frame.header().kind() == FrameKind.DATA;
    long at = outbound.position();
    if (!frame.header().origin().equals(origin) || span.to() < at || (data && span.to() == at)) {
      return;
    }
    try {
      if (span.from() > at) {
        // The chain behind a frame is known, the one before it is not: the gap takes the frame too.
        cutter.giveUp(frame, convergence, GIVEN_UP);
        gap(span.to(), span.chain(), GIVEN_UP);
      } else if (data) {
        shipData(frame, at);
      } else {
        shipMark(frame, at);
      }
    } catch (CorruptFrameException e) {
      LOG.error("tracked changes are damaged; all disks are read again: {}", e.getMessage());
      convergence.wholeMachine(DAMAGED);
      gap(span.to(), span.chain(), DAMAGED);
    }
  }

  private void shipData(Frame frame, long at) throws CorruptFrameException {
    Frame rest =
        frame.header().span().from() == at ? frame : cutter.behind(frame, at, outbound.chain());
    if (!rest.header().span().chain().equals(frame.header().span().chain())) {
      diverged = true;
      return;
    }
    outbound.add(rest, new Cargo.Log(true));
  }

  private void shipMark(Frame frame, long at) throws CorruptFrameException {
    MarkBody body = MarkBody.decode(frame.raw());
    Span span = frame.header().span();
    boolean point = body.consistent() && span.to() > journalMarksInvalidTo;
    MarkBody now =
        new MarkBody(
            body.bootId(), body.bootNanos(), body.wallMillis(), point, body.label(), body.disks());
    Span placed = new Span(at, span.to(), outbound.chain());
    newestSent = Math.max(newestSent, span.to());
    outbound.add(
        Frame.control(FrameKind.MARK, origin, placed, frame.header().bootNanos(), now.encode()),
        new Cargo.Marked(body.bootNanos(), span.to(), point, true));
  }

  /** Moves something from the ring to the journal, if the ring is so full that it must. */
  boolean side(boolean atOnce) {
    if (!siding.active()) {
      if (!siding.usable() || (!atOnce && source.fill() < Siding.HIGH)) {
        return false;
      }
      beginSiding();
    }
    long before = source.checkpoint().position();
    int records = source.poll(framer, MOST_AT_ONCE);
    Checkpoint reached = source.checkpoint();
    framer.settle(reached.position());
    if (siding.failed()) {
      siding.end();
      aligned = false;
      return false;
    }
    if (reached.position() != before) {
      source.release(reached);
    }
    return records > 0;
  }

  private void beginSiding() {
    LOG.info("the ring is {} % full: writing tracked changes", Math.round(source.fill() * 100));
    outbound.forgetReleases();
    source.rewind();
    Checkpoint held = source.released();
    if (siding.last().isPresent() && siding.last().get() < held.position()) {
      // What is behind was released: it is durable, or of a boot whose disks are read again whole.
      siding.discard();
    }
    siding.begin();
    restart(held, siding.last().orElse(held.position()), Optional.empty(), new ToJournal());
    aligned = false;
  }

  /** Straight to the outbound stream. */
  private final class Direct implements LogFramer.Outlet {
    @Override
    public void data(Frame frame) {
      outbound.add(frame, new Cargo.Log(false));
    }

    @Override
    public void mark(Frame frame, Mark mark) {
      outbound.add(
          frame,
          new Cargo.Marked(
              mark.body().bootNanos(), mark.position(), mark.body().consistent(), false));
    }

    @Override
    public void record(int disk, long offset, long length) {
      convergence.shipped(disk, offset, length);
    }
  }

  /** Into the journal. */
  private final class ToJournal implements LogFramer.Outlet, FrameJournal.GivenUp {
    @Override
    public void data(Frame frame) {
      append(frame);
    }

    @Override
    public void mark(Frame frame, Mark mark) {
      if (mark.body().consistent()) {
        newestJournalled = mark.position();
        newestSent = Math.min(newestSent, mark.position() - 1);
      }
      append(frame);
    }

    private void append(Frame frame) {
      siding.append(frame, this);
    }

    @Override
    public void because(String reason) {
      siding.givesUp(reason);
    }

    @Override
    public void frame(Frame lost) {
      try {
        cutter.giveUp(lost, convergence, GIVEN_UP);
      } catch (CorruptFrameException e) {
        LOG.error("tracked changes are damaged: {}", e.getMessage());
        damaged();
      }
    }

    @Override
    public void damaged() {
      convergence.wholeMachine(DAMAGED);
    }

    @Override
    public void record(int disk, long offset, long length) {
      convergence.shipped(disk, offset, length);
    }
  }
}
