package dev.lifeboat.vault.segment;

import dev.lifeboat.wire.frame.FrameHeader;

/**
 * How much of a footer's bounds frames need, at most, told by their headers: by it a segment is
 * ended before it has more than a reader takes. Chunks are not counted: each stands for 64 KiB of
 * bodies or more, and a segment ends long before it has 4096 times that.
 *
 * @param entries index entries
 * @param events marks, states and gaps
 * @param eventBytes what the events take in the footer
 */
public record FooterLoad(long entries, long events, long eventBytes) {

  public static final FooterLoad NONE = new FooterLoad(0, 0, 0);

  /** The entries of the longest range that a record can say. */
  private static final long RECORD_ENTRIES = ((1L << 32) - 1) / SegmentIndex.MAX_LENGTH + 1;

  /** What an event has beside its body: no kind has more. */
  private static final int EVENT_FIELDS = 40;

  /** What one frame needs. */
  public static FooterLoad of(FrameHeader frame) {
    if (!frame.kind().hasRecords()) {
      return new FooterLoad(0, 1, EVENT_FIELDS + frame.rawLength());
    }
    // A write that is longer than a chunk is cut into chunks, too.
    int cuts = frame.rawLength() / ChunkPlace.MAX_RAW;
    return new FooterLoad(RECORD_ENTRIES * frame.records() + cuts, 0, 0);
  }

  public FooterLoad plus(FooterLoad other) {
    return new FooterLoad(
        entries + other.entries, events + other.events, eventBytes + other.eventBytes);
  }

  /** Whether one segment has room for it. */
  public boolean fits() {
    return entries <= FooterCodec.MAX_ENTRIES
        && events <= FooterCodec.MAX_EVENTS
        && eventBytes <= FooterCodec.MAX_EVENT_BYTES;
  }
}
