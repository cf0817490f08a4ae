package dev.lifeboat.replicator.processserver.coalescer;

import dev.lifeboat.wire.frame.CorruptFrameException;
import dev.lifeboat.wire.frame.RecordCursor;
import dev.lifeboat.wire.frame.RecordKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Drops the records of a window that later records of the same window cover whole. A window is a
 * stretch of captured records without a mark in it: between two marks nobody can stop, so only the
 * last content counts. Base blocks are not touched and cover nothing: they are ordered by the
 * position they were read at, not by where they stand.
 */
public final class Coalescer {
  private final List<byte[]> bodies = new ArrayList<>();
  private final Map<Integer, Ranges> covered = new HashMap<>();
  private long droppedBytes;

  private Coalescer() {}

  /** The bodies without what was dropped, and how many bytes of records that saved. */
  public record Result(List<byte[]> bodies, long droppedBytes) {
    public Result {
      bodies = List.copyOf(bodies);
    }
  }

  /**
   * Coalesces one window.
   *
   * @param bodies raw bodies of DATA frames in sequence order; not changed
   */
  public static Result coalesce(List<byte[]> bodies) throws CorruptFrameException {
    Coalescer coalescer = new Coalescer();
    for (byte[] body : bodies.reversed()) {
      coalescer.bodies.add(coalescer.strip(body));
    }
    return new Result(coalescer.bodies.reversed(), coalescer.droppedBytes);
  }

  private byte[] strip(byte[] raw) throws CorruptFrameException {
    List<Span> spans = spans(raw);
    int kept = 0;
    for (Span span : spans.reversed()) {
      span.dropped =
          span.replaces() && !ranges(span.disk).add(span.offset, span.offset + span.length);
      kept += span.dropped ? 0 : span.size;
    }
    if (kept == raw.length) {
      return raw;
    }
    droppedBytes += raw.length - kept;
    byte[] stripped = new byte[kept];
    int at = 0;
    for (Span span : spans) {
      if (!span.dropped) {
        System.arraycopy(raw, span.start, stripped, at, span.size);
        at += span.size;
      }
    }
    return stripped;
  }

  private Ranges ranges(int disk) {
    return covered.computeIfAbsent(disk, any -> new Ranges());
  }

  private static List<Span> spans(byte[] raw) throws CorruptFrameException {
    List<Span> spans = new ArrayList<>();
    RecordCursor record = new RecordCursor(raw);
    while (record.next()) {
      spans.add(new Span(record));
    }
    return spans;
  }

  /** One record of a body. */
  private static final class Span {
    final RecordKind kind;
    final int disk;
    final long offset;
    final long length;
    final int start;
    final int size;
    boolean dropped;

    Span(RecordCursor record) {
      kind = record.kind();
      disk = record.disk();
      offset = record.offset();
      length = record.length();
      start = record.recordOffset();
      size = record.recordLength();
    }

    /** Whether it says what the range holds; DEFERRED and SELF do not, and are never dropped. */
    boolean replaces() {
      return kind == RecordKind.WRITE || kind == RecordKind.ZERO || kind == RecordKind.UNMAP;
    }
  }

  /** Disjoint ranges of one disk, sorted, those that touch joined. */
  static final class Ranges {
    private final TreeMap<Long, Long> ends = new TreeMap<>();

    /** Adds a range; false if it was covered already. */
    boolean add(long from, long to) {
      var floor = ends.floorEntry(from);
      if (floor != null && floor.getValue() >= to) {
        return false;
      }
      long start = from;
      long end = to;
      if (floor != null && floor.getValue() >= from) {
        start = floor.getKey();
      }
      var next = ends.ceilingEntry(start);
      while (next != null && next.getKey() <= end) {
        end = Math.max(end, next.getValue());
        ends.remove(next.getKey());
        next = ends.ceilingEntry(start);
      }
      ends.put(start, end);
      return true;
    }
  }
}
