package dev.lifeboat.vault.head;

import dev.lifeboat.vault.key.DataKey;
import dev.lifeboat.vault.segment.DamagedBlobException;
import dev.lifeboat.vault.segment.SegmentHeader;
import dev.lifeboat.vault.segment.SegmentId;
import dev.lifeboat.vault.segment.SegmentLog;
import dev.lifeboat.vault.segment.SegmentReader;
import dev.lifeboat.vault.segment.Tip;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a machine's log for one owner. The head's compare-and-swap gives the epoch; a tombstone at
 * the first free number of every older epoch then stops whoever wrote there: from that moment on
 * the log before is fixed, and only its end, the tip, may be gone on from. Thread-safe.
 */
public final class Takeover {

  private static final Logger LOG = LoggerFactory.getLogger(Takeover.class);

  /** So many others may take the machine between our reading and our writing of the head. */
  private static final int RIVALS = 16;

  private final Heads heads;

  public Takeover(Heads heads) {
    this.heads = heads;
  }

  /**
   * Makes {@code owner} the machine's owner. An owner that is it already stays in its epoch. May be
   * repeated after any failure.
   */
  public Ownership take(SegmentLog log, UUID owner, DataKey dataKey) throws IOException {
    UUID machine = log.machine();
    Head head = swap(machine, owner);
    for (long epoch = 1; epoch < head.epoch(); epoch++) {
      bury(log, epoch);
    }
    return ownership(log, head.epoch(), dataKey);
  }

  private Head swap(UUID machine, UUID owner) throws IOException {
    for (int i = 0; i < RIVALS; i++) {
      VersionedHead found = heads.require(machine);
      if (found.head().owner().equals(owner)) {
        return found.head();
      }
      Optional<VersionedHead> taken = heads.replace(machine, found, found.head().takenBy(owner));
      if (taken.isPresent()) {
        LOG.info("took machine {} over in epoch {}", machine, taken.get().head().epoch());
        return taken.get().head();
      }
    }
    throw new IOException(
        "the head of machine " + machine + " changes all the time: other process servers take it");
  }

  /** Ends an older epoch, unless it has ended. */
  private static void bury(SegmentLog log, long epoch) throws IOException {
    SegmentId id = new SegmentId(log.machine(), epoch, lastBeforeHole(log, epoch) + 1);
    Optional<SegmentHeader> last =
        id.number() == 1
            ? Optional.empty()
            : log.header(new SegmentId(log.machine(), epoch, id.number() - 1));
    if (last.isPresent() && last.get().isTombstone()) {
      return;
    }
    while (log.putTombstone(id) instanceof SegmentLog.Put.Fenced(var found)
        && !found.isTombstone()) {
      // The old owner was faster and put a segment there: it counts, the next number is the end.
      id = id.next();
    }
  }

  /** The number that all from 1 on are there up to, tombstone included; 0 if there is none. */
  private static long lastBeforeHole(SegmentLog log, long epoch) throws IOException {
    long last = 0;
    for (SegmentLog.Entry entry : log.list(epoch)) {
      if (entry.id().number() != last + 1) {
        break;
      }
      last++;
      if (entry.isTombstone()) {
        break;
      }
    }
    return last;
  }

  private static Ownership ownership(SegmentLog log, long epoch, DataKey dataKey)
      throws IOException {
    SegmentId next = new SegmentId(log.machine(), epoch, 1);
    for (long e = epoch; e >= 1; e--) {
      Optional<SegmentLog.Entry> last = lastSegment(log.list(e));
      if (last.isPresent()) {
        SegmentId id = last.get().id();
        Tip tip = SegmentReader.open(log.store(), id, last.get().size(), dataKey).tip();
        return new Ownership(epoch, tip, e == epoch ? id.next() : next);
      }
    }
    return new Ownership(epoch, Tip.NOTHING, next);
  }

  /** The last segment before the first hole or tombstone. */
  private static Optional<SegmentLog.Entry> lastSegment(List<SegmentLog.Entry> entries)
      throws DamagedBlobException {
    Optional<SegmentLog.Entry> last = Optional.empty();
    long expected = 1;
    for (SegmentLog.Entry entry : entries) {
      if (entry.id().number() != expected || entry.isTombstone()) {
        break;
      }
      last = Optional.of(entry);
      expected++;
    }
    return last;
  }
}
