package dev.lifeboat.replicator.processserver.uploader;

import dev.lifeboat.replicator.processserver.cache.CachePlace;
import dev.lifeboat.replicator.processserver.coalescer.Coalescer;
import dev.lifeboat.vault.segment.FooterLoad;
import dev.lifeboat.vault.segment.SegmentBuilder;
import dev.lifeboat.wire.frame.Codec;
import dev.lifeboat.wire.frame.CorruptFrameException;
import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.FrameHeader;
import dev.lifeboat.wire.frame.FrameKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Frames since the last mark, held back to be coalesced. Bounded by bytes, and by what they need of
 * a segment's index; not thread-safe.
 */
final class Window {
  private static final long FULL_BYTES = 16L << 20;

  /**
   * A quarter of a segment's index: discards have no payload that would fill the window. Half an
   * index, a window and the frame that completes it fit one segment.
   */
  private static final long FULL_ENTRIES = 1 << 18;

  /** A frame out of the cache, decoded. */
  @SuppressWarnings("ArrayRecordComponent") // the data path: never compared
  record Item(Frame frame, byte[] raw, Instant time, CachePlace place) {
    FrameHeader header() {
      return frame.header();
    }

    /** Bytes of memory: the decoded body, and the stored one where that is another array. */
    int memory() {
      return raw.length + (frame.header().codec() == Codec.NONE ? 0 : frame.body().length);
    }
  }

  private final List<Item> items = new ArrayList<>();
  private FooterLoad load = FooterLoad.NONE;
  private long bytes;
  private long memory;

  void add(Item item) {
    items.add(item);
    load = load.plus(FooterLoad.of(item.header()));
    bytes += item.raw().length;
    memory += item.memory();
  }

  boolean isEmpty() {
    return items.isEmpty();
  }

  /** Whether it should be emptied: a mark ends it, or it has grown enough. */
  boolean isComplete() {
    return bytes >= FULL_BYTES || load.entries() >= FULL_ENTRIES || endsWithMark();
  }

  boolean endsWithMark() {
    return !items.isEmpty() && items.getLast().header().kind() == FrameKind.MARK;
  }

  /** What it needs of a segment, at most. */
  FooterLoad load() {
    return load;
  }

  /** Bytes of memory held back. */
  long memory() {
    return memory;
  }

  /** Moves all into a segment, coalesced; returns the bytes that were left out. */
  long drainInto(SegmentBuilder builder) throws CorruptFrameException {
    List<byte[]> data = items.stream().filter(Window::isData).map(Item::raw).toList();
    Coalescer.Result coalesced =
        data.isEmpty() ? new Coalescer.Result(data, 0) : Coalescer.coalesce(data);
    Iterator<byte[]> bodies = coalesced.bodies().iterator();
    for (Item item : items) {
      byte[] body = isData(item) ? bodies.next() : item.raw();
      if (body.length == item.raw().length) {
        builder.add(item.frame(), body, item.time());
      } else {
        builder.add(item.header(), body, item.time());
      }
    }
    items.clear();
    load = FooterLoad.NONE;
    bytes = 0;
    memory = 0;
    return coalesced.droppedBytes();
  }

  private static boolean isData(Item item) {
    return item.header().kind() == FrameKind.DATA;
  }
}
