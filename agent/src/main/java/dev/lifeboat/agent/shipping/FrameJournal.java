package dev.lifeboat.agent.shipping;

import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.Origin;
import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;

/**
 * The tracked changes: frames that stand between ring and link, contiguous in position. One reading
 * place, which goes back to the oldest frame by {@link #rewind}. Belongs to the shipping thread.
 */
public interface FrameJournal extends Closeable {

  /** Learns what nobody holds any more. */
  interface GivenUp {
    /** It comes to that, and why. */
    void because(String reason);

    /** A frame, the oldest first. */
    void frame(Frame frame);

    /** Frames that could not be read: nobody knows their ranges. */
    void damaged();
  }

  /**
   * Appends a frame; it survives the agent when this returns. The oldest frames are given up for it
   * if they must.
   *
   * @throws IOException if the frame could not be written: it is not held
   */
  void append(Frame frame, GivenUp givenUp) throws IOException;

  /** The frame at the reading place, which moves on. */
  Optional<Frame> next() throws IOException;

  /** Goes back to the oldest frame that is held. */
  void rewind();

  /** What ends at or before the position is durable elsewhere and may go. */
  void trim(long position);

  /** Where the newest frame ends; empty if none is held. */
  Optional<Long> end();

  /** Throws everything away and goes on with another log. */
  void restart(Origin origin) throws IOException;

  /** Whether the end was cut off at the start, for it was damaged. */
  boolean wasBroken();

  /** Files in use. */
  int files();
}
