package dev.lifeboat.agent.shipping;

import dev.lifeboat.agent.capture.Checkpoint;
import dev.lifeboat.agent.capture.RecordSink;
import dev.lifeboat.wire.frame.Chain;
import dev.lifeboat.wire.frame.Codec;
import dev.lifeboat.wire.frame.Compressor;
import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.FrameBuilder;
import dev.lifeboat.wire.frame.FrameHeader;
import dev.lifeboat.wire.frame.FrameKind;
import dev.lifeboat.wire.frame.Origin;
import dev.lifeboat.wire.frame.RecordCursor;
import dev.lifeboat.wire.frame.RecordKind;
import dev.lifeboat.wire.frame.Span;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Makes frames of captured records, each mark between the records that it stands between. Records
 * that the other side holds already are chained and left out; behind them the chain must be the
 * other side's. Belongs to the shipping thread.
 */
final class LogFramer implements RecordSink {
  /** Where frames go, in order. */
  interface Outlet {
    /** A frame of records. */
    void data(Frame frame);

    /** A frame of a mark. */
    void mark(Frame frame, Mark mark);

    /** A record that will be in a frame of records. */
    void record(int disk, long offset, long length);
  }

  private final Origin origin;
  private final Codec codec;
  private final Compressor compressor;
  private final LongSupplier bootNanos;
  private final Deque<Mark> marks = new ArrayDeque<>();
  private Outlet outlet;
  private FrameBuilder builder;
  private long skipTo;
  private Optional<Chain> expected = Optional.empty();
  private boolean skipping;
  private boolean diverged;

  LogFramer(Origin origin, Codec codec, Compressor compressor, LongSupplier bootNanos) {
    this.origin = origin;
    this.codec = codec;
    this.compressor = compressor;
    this.bootNanos = bootNanos;
    this.builder = FrameBuilder.data(origin, 0, Chain.START);
    this.outlet = NOWHERE;
  }

  private static final Outlet NOWHERE =
      new Outlet() {
        @Override
        public void data(Frame frame) {
          throw new IllegalStateException("no outlet for " + frame);
        }

        @Override
        public void mark(Frame frame, Mark mark) {
          throw new IllegalStateException("no outlet for " + frame);
        }

        @Override
        public void record(int disk, long offset, long length) {
          throw new IllegalStateException("no outlet");
        }
      };

  /**
   * Goes on behind {@code held}, where the source was rewound to. What stands up to {@code there}
   * is held by the other side already, with the given chain if it is known.
   */
  void restart(Checkpoint held, long there, Optional<Chain> chain, Outlet next) {
    builder = FrameBuilder.data(origin, held.position(), held.chain());
    outlet = next;
    skipTo = there;
    expected = chain;
    skipping = true;
    diverged = false;
    if (held.position() == skipTo) {
      endSkip();
    }
  }

  /** Frames go elsewhere from here on; nothing may be half done. */
  void redirect(Outlet next) {
    outlet = next;
  }

  /** Where the next frame begins. */
  long position() {
    return builder.position();
  }

  /** Places a mark behind every record up to its position. */
  void mark(Mark mark) {
    marks.add(mark);
  }

  /** Whether a mark that may become a point has no place yet. */
  boolean holdsPoints() {
    return marks.stream().anyMatch(mark -> mark.body().consistent());
  }

  /** Takes back the marks that were not placed yet. */
  List<Mark> takeMarks() {
    List<Mark> taken = new ArrayList<>(marks);
    marks.clear();
    return taken;
  }

  /** CLOCK_BOOTTIME. */
  long now() {
    return bootNanos.getAsLong();
  }

  /** Whether the other side holds another history than the source. */
  boolean diverged() {
    return diverged;
  }

  @Override
  public void write(int disk, long offset, int length, long position) {
    before(position, length);
    builder.beginWrite(disk, offset, length, position);
    noted(disk, offset, length);
  }

  @Override
  public void payload(MemorySegment piece) {
    builder.payload(piece);
  }

  @Override
  public void range(RecordKind kind, int disk, long offset, long length, long position) {
    before(position, 0);
    builder.range(kind, disk, offset, length, position);
    if (kind != RecordKind.SELF) {
      noted(disk, offset, length);
    }
  }

  private void noted(int disk, long offset, long length) {
    if (!skipping) {
      outlet.record(disk, offset, length);
    }
  }

  @Override
  public Chain chain() {
    return builder.chain();
  }

  private void before(long position, int payload) {
    if (skipping && position > skipTo) {
      endSkip();
    }
    if (!marks.isEmpty() && marks.peek().position() < position) {
      placeMarks(position - 1);
    }
    int next = RecordCursor.HEADER + payload;
    if (!builder.isEmpty() && builder.rawLength() + next > FrameHeader.TARGET_RAW) {
      close();
    }
  }

  /** Everything up to the position was handed over: closes what is open, places due marks. */
  void settle(long position) {
    if (skipping && position >= skipTo) {
      endSkip();
    }
    if (!skipping) {
      placeMarks(position);
    }
    close();
  }

  private void endSkip() {
    skipping = false;
    diverged = expected.isPresent() && !builder.chain().equals(expected.get());
    builder = FrameBuilder.data(origin, skipTo, builder.chain());
  }

  private void close() {
    if (builder.isEmpty()) {
      return;
    }
    if (skipping || diverged) {
      builder = FrameBuilder.data(origin, builder.position(), builder.chain());
      return;
    }
    outlet.data(builder.build(codec, compressor, bootNanos.getAsLong()));
  }

  private void placeMarks(long upTo) {
    while (!marks.isEmpty() && marks.peek().position() <= upTo) {
      close();
      Mark mark = marks.poll();
      if (skipping || diverged) {
        continue;
      }
      Span span = new Span(builder.position(), mark.position(), builder.chain());
      outlet.mark(
          Frame.control(
              FrameKind.MARK, origin, span, mark.body().bootNanos(), mark.body().encode()),
          mark);
      if (mark.position() > builder.position()) {
        builder = FrameBuilder.data(origin, mark.position(), builder.chain());
      }
    }
  }
}
