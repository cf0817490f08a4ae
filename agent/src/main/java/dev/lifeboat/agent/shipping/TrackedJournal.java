package dev.lifeboat.agent.shipping;

import dev.lifeboat.agent.capture.OwnWrites;
import dev.lifeboat.wire.frame.CorruptFrameException;
import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.Origin;
import dev.lifeboat.wire.journal.Append;
import dev.lifeboat.wire.journal.Bounds;
import dev.lifeboat.wire.journal.Space;
import dev.lifeboat.wire.journal.TrackedChanges;
import dev.lifeboat.wire.journal.TrackedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** The journal in {@code .hrl} files. */
public final class TrackedJournal implements FrameJournal {
  private final Path directory;
  private final Bounds bounds;
  private final Space space;
  private final OwnWrites own;
  private TrackedChanges changes;
  private TrackedReader reader;

  private TrackedJournal(
      Path directory, Bounds bounds, Space space, OwnWrites own, TrackedChanges changes) {
    this.directory = directory;
    this.own = own;
    this.bounds = bounds;
    this.space = space;
    this.changes = changes;
    this.reader = changes.reader();
  }

  /** Opens the directory and finds what was held of the log; {@code own} hides its writes. */
  public static TrackedJournal open(
      Path directory, Origin origin, Bounds bounds, Space space, OwnWrites own) throws IOException {
    return new TrackedJournal(
        directory, bounds, space, own, TrackedChanges.open(directory, origin, bounds, space));
  }

  @Override
  public void append(Frame frame, GivenUp givenUp) throws IOException {
    changes.trim();
    while (write(frame) instanceof Append.Full full) {
      givenUp.because(full.reason());
      try {
        if (changes.giveUpOldest(givenUp::frame).isEmpty()) {
          throw new IOException(full.reason());
        }
      } catch (CorruptFrameException e) {
        givenUp.damaged();
      }
    }
  }

  private Append write(Frame frame) throws IOException {
    AtomicReference<Append> outcome = new AtomicReference<>();
    own.run(() -> outcome.set(changes.append(frame)));
    return outcome.get();
  }

  @Override
  public Optional<Frame> next() throws IOException {
    return reader.next();
  }

  @Override
  public void rewind() {
    reader.rewind();
  }

  @Override
  public void trim(long position) {
    changes.release(position);
  }

  @Override
  public Optional<Long> end() {
    return changes.lastPosition();
  }

  @Override
  public void restart(Origin origin) throws IOException {
    changes.release(Long.MAX_VALUE);
    changes.close();
    changes = TrackedChanges.open(directory, origin, bounds, space);
    changes.release(Long.MAX_VALUE);
    reader = changes.reader();
  }

  @Override
  public boolean wasBroken() {
    return changes.wasBroken();
  }

  @Override
  public int files() {
    return changes.heldSegments();
  }

  @Override
  public void close() throws IOException {
    changes.close();
  }
}
