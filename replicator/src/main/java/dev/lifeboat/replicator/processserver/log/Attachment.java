package dev.lifeboat.replicator.processserver.log;

import dev.lifeboat.replicator.processserver.cache.CacheEntry;
import dev.lifeboat.wire.frame.Chain;
import dev.lifeboat.wire.frame.CorruptFrameException;
import dev.lifeboat.wire.frame.Decompressor;
import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.FrameKind;
import dev.lifeboat.wire.frame.GapBody;
import dev.lifeboat.wire.frame.MarkBody;
import dev.lifeboat.wire.frame.RecordVerifier;
import dev.lifeboat.wire.frame.StateBody;
import java.io.Closeable;
import java.util.Optional;

/** A session's hold on a log. Used by one thread, its event loop, which also closes it. */
public final class Attachment implements Closeable {
  private final MachineLog log;
  private final MarkClock clock;
  private final Decompressor decompressor = new Decompressor();

  Attachment(MachineLog log, MarkClock clock) {
    this.log = log;
    this.clock = clock;
  }

  /**
   * Offers a frame. Never waits.
   *
   * @throws CorruptFrameException if the frame contradicts itself: such a peer is not spoken to any
   *     longer
   */
  public Offer offer(Frame frame, long nowMillis) throws CorruptFrameException {
    Optional<Placement> placement = log.place(this, frame);
    if (placement.isEmpty()) {
      return new Offer.Closed();
    }
    return switch (placement.get()) {
      case Placement.Duplicate() -> new Offer.Taken(true);
      case Placement.Elsewhere(String reason) -> new Offer.Resume(log.durable(), reason);
      case Placement.Next() -> append(frame, nowMillis);
    };
  }

  private Offer append(Frame frame, long nowMillis) throws CorruptFrameException {
    long unixMillis = nowMillis;
    Optional<byte[]> decoded = Optional.empty();
    switch (frame.header().kind()) {
      case DATA, BASE -> {
        byte[] raw = decompressor.raw(frame);
        decoded = Optional.of(raw);
        Chain before = log.accepted().chain();
        Chain behind = RecordVerifier.verify(frame.header(), raw, before);
        if (frame.header().kind() == FrameKind.DATA
            && !behind.equals(frame.header().span().chain())) {
          return new Offer.Resume(log.durable(), "the chain differs");
        }
      }
      case MARK -> {
        MarkBody mark = MarkBody.decode(frame.raw());
        unixMillis =
            clock.timeOf(
                frame.header().origin().lineage(), mark.bootId(), mark.bootNanos(), nowMillis);
      }
      case STATE -> StateBody.decode(frame.raw());
      case GAP -> GapBody.decode(frame.raw());
    }
    return log.enqueue(this, new CacheEntry(unixMillis, frame, decoded))
        ? new Offer.Taken(false)
        : new Offer.Closed();
  }

  @Override
  public void close() {
    log.detach(this);
    decompressor.close();
  }
}
