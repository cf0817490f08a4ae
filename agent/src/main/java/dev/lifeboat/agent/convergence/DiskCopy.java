package dev.lifeboat.agent.convergence;

import dev.lifeboat.agent.capture.CaptureSource;
import dev.lifeboat.agent.capture.CapturedDisk;
import dev.lifeboat.agent.capture.ChangeMap;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The passes over one disk's change map. A pass notes the losses first, walks the map once, and if
 * the map is empty behind it and nothing was lost meanwhile, the disk is equal from the position
 * noted then.
 */
final class DiskCopy {
  /** Granules read at once: 256 KiB. */
  static final int RUN = 4;

  private static final int MOST_WAITING = 1024;
  private static final long MILLISECOND = 1_000_000L;
  private static final long AFTER_ERROR = 1_000 * MILLISECOND;

  /** Adjacent granules that were taken out of the map, and the position noted behind that. */
  record Run(long first, int granules, long position) {
    long offset() {
      return first * ChangeMap.GRANULE;
    }
  }

  /** A granule that was taken out while writes to it were under way. */
  private record Waiting(long granule, long position, long since) {}

  private final CaptureSource source;
  private final LongSupplier nanos;
  private final CapturedDisk disk;
  private final ChangeMap map;
  private String reason;
  private String error = "";
  private boolean equal;
  private long equalLosses;
  private long passLosses;
  private final List<Waiting> waiting = new ArrayList<>();
  private long cursor = -1;
  private long taken;
  private long notBefore;
  private boolean empty;

  DiskCopy(CaptureSource source, CapturedDisk disk, LongSupplier nanos, String reason) {
    this.source = source;
    this.disk = disk;
    this.map = source.changes(disk);
    this.nanos = nanos;
    this.reason = reason;
    this.notBefore = nanos.getAsLong();
  }

  CapturedDisk disk() {
    return disk;
  }

  boolean equal() {
    return equal;
  }

  /** Losses as read before the pass that emptied the map. */
  long equalLosses() {
    return equalLosses;
  }

  String reason() {
    return error.isEmpty() ? reason : error;
  }

  boolean dirty() {
    return !waiting.isEmpty() || map.next(0) >= 0;
  }

  long bytesLeft() {
    return equal ? 0 : Math.min((map.dirty() + waiting.size()) * ChangeMap.GRANULE, disk.size());
  }

  /** The target is known to be empty: the first pass may leave out zeros. */
  void targetIsEmpty() {
    empty = true;
  }

  /**
   * Whether zeros that were just read may be left out. Ask behind the read. Not if anything was
   * ever lost: the log may hold a write that the disk refused, or one that was lost zeros behind.
   */
  boolean leavesZerosOut() {
    return empty && source.losses().total() == 0;
  }

  /** What waited goes back into the map: the pass begins anew. */
  void again(String why) {
    waiting.forEach(one -> map.mark(one.granule() * ChangeMap.GRANULE, length(one.granule(), 1)));
    waiting.clear();
    equal = false;
    empty = false;
    cursor = -1;
    reason = why;
  }

  void markAll(String why) {
    map.mark(0, disk.size());
    again(why);
  }

  void mark(long offset, long length, String why) {
    map.mark(offset, length);
    if (equal) {
      again(why);
    }
    empty = false;
  }

  void reclaim(String why) {
    map.reclaim();
    again(why);
  }

  void turn() {
    map.turn();
    // They are on their way for as long as they wait, and go back if the agent dies meanwhile.
    for (Waiting one : waiting) {
      map.shipped(one.granule() * ChangeMap.GRANULE, length(one.granule(), 1));
    }
  }

  void shipped(long offset, long length) {
    map.shipped(offset, length);
  }

  /** Takes the next run out of the map; empty if there is none now, or the disk is equal. */
  Optional<Run> take() {
    if (equal || nanos.getAsLong() < notBefore) {
      return Optional.empty();
    }
    if (cursor < 0) {
      passLosses = source.losses().total();
      cursor = 0;
      taken = 0;
    }
    Optional<Run> quiet = takeQuiet();
    if (quiet.isPresent()) {
      return quiet;
    }
    for (long granule = next(); granule >= 0; granule = next()) {
      Optional<Run> run = take(granule);
      if (run.isPresent()) {
        taken++;
        return run;
      }
    }
    if (waiting.isEmpty()) {
      endPass();
    }
    return Optional.empty();
  }

  private long next() {
    return waiting.size() < MOST_WAITING ? map.next(cursor) : -1;
  }

  /** Granules that had writes under way are read at their old position once those completed. */
  private Optional<Run> takeQuiet() {
    for (Iterator<Waiting> all = waiting.iterator(); all.hasNext(); ) {
      Waiting next = all.next();
      if (!map.inFlight(next.granule(), next.since())) {
        all.remove();
        return Optional.of(new Run(next.granule(), 1, next.position()));
      }
    }
    return Optional.empty();
  }

  private Optional<Run> take(long first) {
    int count = 1;
    while (count < RUN && map.next(first + count) == first + count) {
      count++;
    }
    map.shipped(first * ChangeMap.GRANULE, length(first, count));
    for (int i = 0; i < count; i++) {
      map.clear(first + i);
    }
    long position = source.producerPosition();
    long since = nanos.getAsLong();
    int quiet = 0;
    while (quiet < count && !map.inFlight(first + quiet, since)) {
      quiet++;
    }
    for (int i = quiet; i < count; i++) {
      waiting.add(new Waiting(first + i, position, since));
    }
    cursor = first + count;
    return quiet == 0 ? Optional.empty() : Optional.of(new Run(first, quiet, position));
  }

  int length(long first, int granules) {
    long offset = first * ChangeMap.GRANULE;
    return (int) Math.min((long) granules * ChangeMap.GRANULE, disk.size() - offset);
  }

  private void endPass() {
    cursor = -1;
    empty = false;
    if (dirty()) {
      if (taken == 0) {
        notBefore = nanos.getAsLong() + MILLISECOND;
      }
      return;
    }
    if (source.losses().total() == passLosses) {
      equal = true;
      equalLosses = passLosses;
    }
  }

  /** The run could not be read: it is in the map again, and the disk is tried later. */
  void failed(Run run, String message) {
    map.mark(run.offset(), length(run.first(), run.granules()));
    empty = false;
    error = message;
    notBefore = nanos.getAsLong() + AFTER_ERROR;
  }

  void read() {
    error = "";
  }
}
