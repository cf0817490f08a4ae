package dev.lifeboat.replicator.processserver.uploader;

import dev.lifeboat.replicator.processserver.cache.CachePlace;
import dev.lifeboat.vault.segment.FooterLoad;
import dev.lifeboat.vault.segment.SealedSegment;
import dev.lifeboat.vault.segment.SegmentBuilder;
import dev.lifeboat.vault.segment.SegmentId;
import dev.lifeboat.vault.segment.Tip;
import dev.lifeboat.wire.frame.CorruptFrameException;
import dev.lifeboat.wire.frame.FrameHeader;
import java.io.Closeable;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The segment that is being built, and the window in front of it. Counts the memory it holds, so
 * that it can be given back as a whole. Not thread-safe.
 */
final class Assembly implements Closeable {
  /** What a builder takes for itself. */
  private static final long BUILDER_BYTES = 8L << 20;

  /** A segment ready to go, the place in the cache behind it and the memory it holds. */
  record Parcel(SealedSegment segment, CachePlace behind, long rawBytes, long heldBytes) {}

  private final UploadJob job;
  private final UploadBudget budget;
  private final Window window = new Window();
  private Optional<SegmentBuilder> builder = Optional.empty();
  private SegmentId nextId;
  private Tip tip;
  private long heldBytes;
  private Optional<CachePlace> behind = Optional.empty();
  private Optional<CachePlace> windowEnd = Optional.empty();
  private OptionalLong firstNanos = OptionalLong.empty();
  private long oldestMillis;
  private OptionalLong markNanos = OptionalLong.empty();

  Assembly(UploadJob job, UploadBudget budget) {
    this.job = job;
    this.budget = budget;
    nextId = job.ownership().next();
    tip = job.ownership().tip();
  }

  /** Takes memory for a frame without waiting; false if there is none. */
  boolean reserve(int memory) {
    long bytes = cost(memory);
    if (!budget.tryTake(bytes)) {
      return false;
    }
    heldBytes += bytes;
    return true;
  }

  /** Takes memory for a frame; only when this assembly holds none. */
  void reserveWaiting(int memory) throws InterruptedException {
    long bytes = cost(memory);
    budget.take(bytes);
    heldBytes += bytes;
  }

  private long cost(int memory) {
    return UploadBudget.rounded(memory) + (heldBytes == 0 ? BUILDER_BYTES : 0);
  }

  /**
   * Whether the segment must go before this frame is taken: it begins a lineage, or might not fit
   * any more. Whoever does not ask may build what nobody can read.
   */
  boolean endsBefore(FrameHeader header) {
    boolean begins = !header.origin().lineage().equals(tip.lineage());
    return !isEmpty() && (begins || !hasRoomFor(header));
  }

  private boolean hasRoomFor(FrameHeader header) {
    FooterLoad waiting = window.load().plus(FooterLoad.of(header));
    return builder.map(b -> b.load().plus(waiting)).orElse(waiting).fits();
  }

  /** Takes a frame whose memory is reserved; returns the bytes that coalescing left out. */
  long add(Window.Item item, long nowNanos) throws CorruptFrameException {
    if (!item.header().origin().lineage().equals(tip.lineage())) {
      tip = Tip.beginning(item.header().origin().lineage());
    }
    window.add(item);
    windowEnd = Optional.of(item.place());
    if (firstNanos.isEmpty()) {
      firstNanos = OptionalLong.of(nowNanos);
      oldestMillis = item.time().toEpochMilli();
    }
    if (!window.isComplete()) {
      return 0;
    }
    if (window.endsWithMark() && markNanos.isEmpty()) {
      markNanos = OptionalLong.of(nowNanos);
    }
    return closeWindow();
  }

  /** Moves the window into the segment; returns the bytes that were left out. */
  long closeWindow() throws CorruptFrameException {
    if (window.isEmpty()) {
      return 0;
    }
    if (builder.isEmpty()) {
      builder = Optional.of(new SegmentBuilder(nextId, tip, job.dataKey()));
    }
    long before = builder.get().coalescedBytes();
    long dropped = window.drainInto(builder.get());
    behind = windowEnd;
    return dropped + builder.get().coalescedBytes() - before;
  }

  boolean isEmpty() {
    return builder.isEmpty() && window.isEmpty();
  }

  /** Whether there is a segment to seal. */
  boolean hasSegment() {
    return builder.isPresent();
  }

  /** When the oldest frame within came; 0 if there is none. */
  long oldestMillis() {
    return oldestMillis;
  }

  long rawBytes() {
    return builder.map(SegmentBuilder::rawBytes).orElse(0L);
  }

  boolean isFull() {
    return builder.map(SegmentBuilder::isFull).orElse(false);
  }

  /** Nanoseconds until a mark must go, or changes without one; none if there is nothing. */
  OptionalLong nanosUntilDue(long nowNanos, UploadPace pace) {
    if (markNanos.isPresent()) {
      return OptionalLong.of(markNanos.getAsLong() + pace.pointDelay().toNanos() - nowNanos);
    }
    return firstNanos.isPresent()
        ? OptionalLong.of(firstNanos.getAsLong() + pace.idleDelay().toNanos() - nowNanos)
        : OptionalLong.empty();
  }

  /** Seals the segment; its memory now belongs to the parcel, the window's stays here. */
  Parcel seal() {
    try (SegmentBuilder full = builder.orElseThrow()) {
      SealedSegment sealed = full.finish();
      long kept = window.isEmpty() ? 0 : UploadBudget.rounded(window.memory()) + BUILDER_BYTES;
      Parcel parcel =
          new Parcel(sealed, behind.orElseThrow(), full.rawBytes(), Math.max(0, heldBytes - kept));
      heldBytes = Math.min(heldBytes, kept);
      nextId = nextId.next();
      tip = sealed.behind();
      builder = Optional.empty();
      markNanos = OptionalLong.empty();
      firstNanos = window.isEmpty() ? OptionalLong.empty() : firstNanos;
      oldestMillis = window.isEmpty() ? 0 : oldestMillis;
      return parcel;
    }
  }

  @Override
  public void close() {
    builder.ifPresent(SegmentBuilder::close);
    builder = Optional.empty();
    budget.give(heldBytes);
    heldBytes = 0;
  }
}
