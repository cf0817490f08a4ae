package dev.lifeboat.agent.shipping;

import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.Origin;
import java.io.IOException;
import java.util.Optional;

/** For a machine without tracked changes: the ring is all there is. */
public final class NoJournal implements FrameJournal {
  @Override
  public void append(Frame frame, GivenUp givenUp) throws IOException {
    throw new IOException("tracked changes are not configured");
  }

  @Override
  public Optional<Frame> next() {
    return Optional.empty();
  }

  @Override
  public void rewind() {}

  @Override
  public void trim(long position) {}

  @Override
  public Optional<Long> end() {
    return Optional.empty();
  }

  @Override
  public void restart(Origin origin) {}

  @Override
  public boolean wasBroken() {
    return false;
  }

  @Override
  public int files() {
    return 0;
  }

  @Override
  public void close() {}
}
