package dev.lifeboat.wire.journal;

import dev.lifeboat.wire.frame.CorruptFrameException;
import dev.lifeboat.wire.frame.Frame;
import java.io.IOException;
import java.util.Optional;

/**
 * Reads tracked changes in order, while they are written and given up. Belongs to one thread. It
 * follows the log: what is released or given up under it is left out.
 */
public final class TrackedReader {
  private final TrackedChanges changes;
  private final FrameWindow window = new FrameWindow();
  private long number;
  private int offset = Blocks.SIZE;

  TrackedReader(TrackedChanges changes) {
    this.changes = changes;
  }

  /**
   * The next frame; empty if there is none now.
   *
   * @throws CorruptFrameException if the disk gives back something else than was written
   */
  public Optional<Frame> next() throws IOException {
    while (true) {
      Optional<TrackedChanges.Extent> found = changes.from(number);
      if (found.isEmpty()) {
        return Optional.empty();
      }
      TrackedChanges.Extent extent = found.get();
      Segment segment = extent.segment();
      if (segment.header.number() != number) {
        number = segment.header.number();
        offset = Blocks.SIZE;
      }
      if (offset < extent.end()) {
        Optional<Frame> frame = read(extent);
        if (frame.isPresent()) {
          return frame;
        }
      } else if (extent.newest()) {
        return Optional.empty();
      } else {
        number++;
        offset = Blocks.SIZE;
      }
    }
  }

  /** Reads a frame; empty if its file was given up meanwhile and written anew under the reader. */
  private Optional<Frame> read(TrackedChanges.Extent extent) throws IOException {
    long reading = number;
    try {
      Frame frame = window.read(extent.segment(), offset, extent.end());
      offset += FrameBlocks.length(frame.header());
      return Optional.of(frame);
    } catch (CorruptFrameException e) {
      window.forget();
      boolean gone =
          changes.from(reading).map(now -> now.segment().header.number() != reading).orElse(true);
      if (gone) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Goes back to the oldest frame that is held. */
  public void rewind() {
    number = 0;
    offset = Blocks.SIZE;
    window.forget();
  }
}
