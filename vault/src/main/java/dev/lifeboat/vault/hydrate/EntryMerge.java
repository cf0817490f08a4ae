package dev.lifeboat.vault.hydrate;

import dev.lifeboat.vault.point.SegmentSummary;
import dev.lifeboat.vault.segment.SegmentIndex;
import dev.lifeboat.vault.segment.SegmentMark;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Tells every index entry that a mark stands on, in {@link ReplayOrder}, oldest first. Merges the
 * stretches of the indexes that are in order already; a footer is read when its turn comes. Not
 * thread-safe.
 */
final class EntryMerge {

  /** Takes entries in their order. */
  @FunctionalInterface
  interface Sink {
    void entry(int segment, SegmentIndex index, int entry) throws IOException;
  }

  private final Footers footers;
  private final List<SegmentSummary> segments;
  private final SegmentMark mark;

  EntryMerge(Footers footers, List<SegmentSummary> segments, SegmentMark mark) {
    this.footers = footers;
    this.segments = segments;
    this.mark = mark;
  }

  private static final class Cursor implements ReplayOrder {
    private final int segment;
    private final SegmentSummary.Run run;
    private int at;
    private long position;

    Cursor(int segment, SegmentSummary.Run run) {
      this.segment = segment;
      this.run = run;
      this.at = run.start();
      this.position = run.first();
    }

    @Override
    public long position() {
      return position;
    }

    @Override
    public boolean base() {
      return run.base();
    }

    @Override
    public int segment() {
      return segment;
    }

    @Override
    public int entry() {
      return at;
    }
  }

  void forEach(Sink sink) throws IOException {
    PriorityQueue<Cursor> queue = new PriorityQueue<>(ReplayOrder.OLDEST_FIRST);
    for (int i = 0; i < segments.size(); i++) {
      for (SegmentSummary.Run run : segments.get(i).runs()) {
        queue.add(new Cursor(i, run));
      }
    }
    while (!queue.isEmpty()) {
      Cursor next = queue.remove();
      if (next.position > mark.position()) {
        return;
      }
      if (drain(next, queue.peek() == null ? new ArrayList<>() : List.of(queue.peek()), sink)) {
        queue.add(next);
      }
    }
  }

  /** Tells entries until another cursor's turn comes; true if some are left. */
  private boolean drain(Cursor cursor, List<Cursor> rival, Sink sink) throws IOException {
    var footer = footers.get(segments.get(cursor.segment)).footer();
    SegmentIndex index = cursor.run.base() ? footer.base() : footer.log();
    int end = Math.min(cursor.run.end(), limit(cursor));
    while (cursor.at < end) {
      cursor.position = index.position(cursor.at);
      if (cursor.position > mark.position()) {
        return false;
      }
      if (!rival.isEmpty() && ReplayOrder.OLDEST_FIRST.compare(cursor, rival.getFirst()) > 0) {
        return true;
      }
      sink.entry(cursor.segment, index, cursor.at++);
    }
    return false;
  }

  private int limit(Cursor cursor) {
    return cursor.run.base() ? baseLimit(cursor.segment) : Integer.MAX_VALUE;
  }

  /** Base blocks that were shipped behind the mark were read after it: they are not part of it. */
  private int baseLimit(int segment) {
    boolean own = segments.get(segment).header().lastSequence() >= mark.sequence();
    return own ? mark.baseEntries() : Integer.MAX_VALUE;
  }

  /** Whether the mark stands on this entry. */
  boolean includes(int segment, boolean base, SegmentIndex index, int entry) {
    return index.position(entry) <= mark.position() && (!base || entry < baseLimit(segment));
  }
}
