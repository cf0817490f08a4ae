package dev.lifeboat.vault.head;

import dev.lifeboat.vault.key.DataKey;
import dev.lifeboat.vault.segment.SegmentHeader;
import dev.lifeboat.vault.segment.SegmentId;
import dev.lifeboat.vault.segment.SegmentLog;
import dev.lifeboat.vault.segment.SegmentMark;
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

  /** Reads the log from its end backwards, as far as is needed to know its tip and last mark. */
  private static Ownership ownership(SegmentLog log, long epoch, DataKey dataKey)
      throws IOException {
    SegmentId next = new SegmentId(log.machine(), epoch, 1);
    Tip tip = Tip.NOTHING;
    for (long e = epoch; e >= 1; e--) {
      for (SegmentLog.Entry entry : wholeSegments(log.list(e)).reversed()) {
        SegmentReader segment = SegmentReader.open(log.store(), entry.id(), entry.size(), dataKey);
        if (tip.isNothing()) {
          tip = segment.tip();
          next = e == epoch ? entry.id().next() : next;
        }
        List<SegmentMark> marks = segment.footer().marks();
        boolean ofTip = segment.header().lineage().equals(tip.lineage());
        if (!ofTip || !marks.isEmpty()) {
          return new Ownership(
              epoch, tip, next, ofTip ? Optional.of(marks.getLast()) : Optional.empty());
        }
      }
    }
    return new Ownership(epoch, tip, next, Optional.empty());
  }

  /** The segments before the first hole or tombstone. */
  private static List<SegmentLog.Entry> wholeSegments(List<SegmentLog.Entry> entries) {
    int whole = 0;
    while (whole < entries.size()
        && entries.get(whole).id().number() == whole + 1L
        && !entries.get(whole).isTombstone()) {
      whole++;
    }
    return entries.subList(0, whole);
  }
}
