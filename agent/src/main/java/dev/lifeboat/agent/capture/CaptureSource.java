package dev.lifeboat.agent.capture;

import java.io.Closeable;
import java.util.List;

/**
 * The writes of one machine's protected disks, in one order. The seam of the agent: everything
 * above it runs and is tested without root.
 *
 * <p>Positions are those of docs/formats.md: the boot's base plus the place in the kernel's ring.
 * {@link #poll}, {@link #release} and {@link #rewind} belong to one thread; the rest may be called
 * from any.
 */
public interface CaptureSource extends Closeable {

  /**
   * The disks that are captured now. A disk that was added later appears, one that vanished goes.
   */
  List<CapturedDisk> disks();

  /** Where the newest record that was reserved ends. Read it before {@link #losses()}. */
  long producerPosition();

  /** What is known to be missing. A mark counts only if this stands where it was read before. */
  Losses losses();

  /**
   * Reads on from where the last poll ended and hands over whole writes, in position order, until
   * nothing complete is left or {@code budget} bytes of payload were delivered.
   *
   * @return how many records were delivered
   */
  int poll(RecordSink sink, long budget);

  /** How far the records delivered so far reach. */
  Checkpoint checkpoint();

  /**
   * Gives back what stands before the checkpoint: it is durable elsewhere. The checkpoint outlives
   * the process.
   */
  void release(Checkpoint checkpoint);

  /** Behind what the held records begin: what {@link #release} got last, also before a restart. */
  Checkpoint released();

  /**
   * Goes back to {@link #released()}: the next poll delivers again the records whose position is
   * greater. The sink must go on from the released chain.
   */
  void rewind();

  /** How full the buffer is that holds what is not released, 0 to 1. */
  double fill();

  /** The changes of one disk that are not known to be equal on the far side. */
  ChangeMap changes(CapturedDisk disk);
}
