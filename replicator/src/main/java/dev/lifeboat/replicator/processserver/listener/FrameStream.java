package dev.lifeboat.replicator.processserver.listener;

import dev.lifeboat.replicator.processserver.log.Attachment;
import dev.lifeboat.replicator.processserver.log.MachineLog;
import dev.lifeboat.replicator.processserver.log.Offer;
import dev.lifeboat.replicator.processserver.log.Tip;
import dev.lifeboat.wire.frame.CorruptFrameException;
import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.Origin;
import dev.lifeboat.wire.protocol.Message;
import dev.lifeboat.wire.protocol.Refusal;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The frames of a session: into the log, acknowledgements and credit back. Belongs to the session's
 * event loop; progress comes from other threads and only schedules.
 */
final class FrameStream implements SessionObserver {
  private static final Logger LOG = LoggerFactory.getLogger(FrameStream.class);
  private static final Message.Ack NOTHING = new Message.Ack(0, 0);

  private final Session session;
  private final ServedMachine served;
  private final MachineLog log;
  private final Attachment attachment;
  private final SessionContext context;
  private final AtomicBoolean scheduled = new AtomicBoolean();

  /** One for as long as the stream lives: the budget knows it again, however often it is asked. */
  private final Runnable relief = this::progressed;

  private Message.Ack acknowledged = NOTHING;
  private int credit;
  private long resumedAt = Long.MAX_VALUE;
  private boolean open = true;
  private boolean begun;

  FrameStream(
      Session session, ServedMachine served, Attachment attachment, SessionContext context) {
    this.session = session;
    this.served = served;
    this.log = served.log();
    this.attachment = attachment;
    this.context = context;
  }

  /** Tells the agent where to go on from. */
  void begin(Tip durable) {
    begun = true;
    served.observe(this);
    welcome(durable);
  }

  private void welcome(Tip durable) {
    credit = context.credit().creditFor(log);
    long uploaded = log.uploadedSequence(durable.lineage());
    session.send(
        new Message.Welcome(
            served.epoch(),
            durable.lineage(),
            durable.sequence(),
            durable.position(),
            durable.chain(),
            uploaded,
            credit));
    acknowledged = isShipped(durable) ? new Message.Ack(durable.sequence(), uploaded) : NOTHING;
  }

  private boolean isShipped(Tip tip) {
    return tip.lineage().equals(session.lineage());
  }

  void received(Frame frame) throws CorruptFrameException {
    Origin origin = frame.header().origin();
    if (!origin.machine().equals(session.machine())) {
      session.refuse(Refusal.WRONG_MACHINE, "a frame of another machine");
      return;
    }
    if (!origin.lineage().equals(session.lineage())) {
      session.refuse(Refusal.MALFORMED, "a frame of another lineage than HELLO's");
      return;
    }
    switch (attachment.offer(frame, context.clock().millis())) {
      case Offer.Taken(boolean duplicate) -> {
        resumedAt = Long.MAX_VALUE;
        if (duplicate) {
          acknowledge(true);
        } else {
          context.metrics().received(frame.length());
          session.restrain();
        }
      }
      case Offer.Resume(Tip durable, String reason) -> resume(frame, durable, reason);
      case Offer.Closed() ->
          session.refuse(Refusal.BUSY, "the log is not this connection's any more");
    }
  }

  /** Answers a frame that does not fit, but not each one of those that were under way behind it. */
  private void resume(Frame frame, Tip durable, String reason) {
    long sequence = frame.header().sequence();
    if (sequence > resumedAt) {
      return;
    }
    LOG.info("machine {}: {} does not fit: {}", session.machine(), frame, reason);
    resumedAt = sequence;
    welcome(durable);
  }

  void clockRead(UUID bootId, long bootNanos, long roundTripNanos) {
    served.clock().observe(bootId, bootNanos, roundTripNanos, context.clock().millis());
  }

  @Override
  public void progressed() {
    if (scheduled.compareAndSet(false, true)) {
      session.channel().eventLoop().execute(this::report);
    }
  }

  private void report() {
    scheduled.set(false);
    if (open && begun) {
      acknowledge(false);
      int now = context.credit().creditFor(log);
      if (now != credit) {
        credit = now;
        session.send(new Message.Credit(now));
      }
      session.restrain();
    }
  }

  /**
   * An ACK names no lineage, so none is sent but of the one that this session ships, HELLO's. Until
   * that one's first frame is durable the log ends with another, whose figures would let the agent
   * forget what nobody holds.
   */
  private void acknowledge(boolean again) {
    Tip durable = log.durable();
    if (!isShipped(durable)) {
      return;
    }
    Message.Ack now = new Message.Ack(durable.sequence(), log.uploadedSequence(durable.lineage()));
    if (again || !now.equals(acknowledged)) {
      acknowledged = now;
      session.send(now);
    }
  }

  /** Whether this agent does not keep to its credit, or memory is short for all. */
  boolean isCrowded() {
    return open
        && begun
        && (log.waitingBytes() > 2 * context.limits().credit()
            || context.budget().exhausted(relief));
  }

  @Override
  public void lost(Refusal refusal, String text) {
    session.refuse(refusal, text);
  }

  void close() {
    open = false;
    context.budget().forget(relief);
    attachment.close();
  }
}
