package dev.lifeboat.agent.shipping;

import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.Origin;
import java.io.IOException;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal, and whether the ring empties into it. A journal that cannot be written is left alone
 * for a while: the ring then holds what it can, and its overflow costs ranges, never more. Belongs
 * to the shipping thread.
 */
final class Siding {
  /** The ring is so full that it must be emptied. */
  static final double HIGH = 0.5;

  /** The ring is so empty that the link keeps up again. */
  static final double LOW = 0.25;

  private static final long REST = 10_000_000_000L;
  private static final Logger LOG = LoggerFactory.getLogger(Siding.class);

  private final FrameJournal journal;
  private final LongSupplier nanos;
  private boolean active;
  private boolean failed;
  private long failedAt;
  private String failure = "";

  Siding(FrameJournal journal, LongSupplier nanos) {
    this.journal = journal;
    this.nanos = nanos;
  }

  boolean active() {
    return active;
  }

  boolean failed() {
    return failed;
  }

  /** Why it cannot be used, or does not hold all; empty if neither. */
  String failure() {
    return failure;
  }

  boolean usable() {
    return !(journal instanceof NoJournal) && (!failed || nanos.getAsLong() - failedAt > REST);
  }

  void begin() {
    active = true;
    failed = false;
    failure = "";
  }

  void end() {
    active = false;
  }

  /** Appends, or remembers that it failed: the records are still in the ring. */
  void append(Frame frame, FrameJournal.GivenUp givenUp) {
    if (failed) {
      return;
    }
    try {
      journal.append(frame, givenUp);
    } catch (IOException e) {
      failed = true;
      failedAt = nanos.getAsLong();
      failure = "tracked changes cannot be written: " + e.getMessage();
      LOG.warn("{}", failure);
    }
  }

  /** It goes on, but what is oldest in it is held no longer: that is told until it begins anew. */
  void givesUp(String reason) {
    if (failure.isEmpty()) {
      failure = "the oldest tracked changes are given up: " + reason;
      LOG.warn("{}", failure);
    }
  }

  Optional<Frame> next() throws IOException {
    return journal.next();
  }

  /** Where the journal ends; empty if nothing is held. */
  Optional<Long> last() {
    return journal.end();
  }

  int files() {
    return journal.files();
  }

  boolean wasBroken() {
    return journal.wasBroken();
  }

  /** Whether nothing is held, so that whatever was shipped has a sequence. */
  boolean isEmpty() {
    return !active && journal.end().isEmpty();
  }

  void toOldest() {
    journal.rewind();
  }

  void trim(long position) {
    journal.trim(position);
  }

  void discard() {
    journal.trim(Long.MAX_VALUE);
    journal.rewind();
  }

  /** Goes on with another lineage. */
  void restart(Origin origin) {
    active = false;
    try {
      journal.restart(origin);
    } catch (IOException e) {
      failed = true;
      failedAt = nanos.getAsLong();
      failure = "tracked changes cannot be opened: " + e.getMessage();
      LOG.warn("{}", failure);
    }
  }
}
