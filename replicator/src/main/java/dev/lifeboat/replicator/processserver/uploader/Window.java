package dev.lifeboat.replicator.processserver.uploader;

import dev.lifeboat.replicator.processserver.cache.CachePlace;
import dev.lifeboat.replicator.processserver.coalescer.Coalescer;
import dev.lifeboat.vault.segment.SegmentBuilder;
import dev.lifeboat.wire.frame.CorruptFrameException;
import dev.lifeboat.wire.frame.FrameHeader;
import dev.lifeboat.wire.frame.FrameKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Frames since the last mark, held back to be coalesced. Bounded by bytes; not thread-safe. */
final class Window {
  private static final long FULL_BYTES = 16L << 20;

  /** A frame out of the cache, decoded. */
  @SuppressWarnings("ArrayRecordComponent") // the data path: never compared
  record Item(FrameHeader header, byte[] raw, Instant time, CachePlace place) {}

  private final List<Item> items = new ArrayList<>();
  private long bytes;

  void add(Item item) {
    items.add(item);
    bytes += item.raw().length;
  }

  boolean isEmpty() {
    return items.isEmpty();
  }

  /** Whether it should be emptied: a mark ends it, or it has grown enough. */
  boolean isComplete() {
    return bytes >= FULL_BYTES || endsWithMark();
  }

  boolean endsWithMark() {
    return !items.isEmpty() && items.getLast().header().kind() == FrameKind.MARK;
  }

  /** Raw bytes held back. */
  long bytes() {
    return bytes;
  }

  /** Moves all into a segment, coalesced; returns the bytes that were left out. */
  long drainInto(SegmentBuilder builder) throws CorruptFrameException {
    List<byte[]> data = items.stream().filter(Window::isData).map(Item::raw).toList();
    Coalescer.Result coalesced =
        data.isEmpty() ? new Coalescer.Result(data, 0) : Coalescer.coalesce(data);
    Iterator<byte[]> bodies = coalesced.bodies().iterator();
    for (Item item : items) {
      builder.add(item.header(), isData(item) ? bodies.next() : item.raw(), item.time());
    }
    items.clear();
    bytes = 0;
    return coalesced.droppedBytes();
  }

  private static boolean isData(Item item) {
    return item.header().kind() == FrameKind.DATA;
  }
}
