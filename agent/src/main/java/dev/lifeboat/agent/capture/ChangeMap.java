package dev.lifeboat.agent.capture;

/**
 * Which granules of a disk are not known to be equal on the far side, and which have writes under
 * way. It lives beside the ring, outlives the agent, and the kernel marks it too. Thread-safe.
 */
public interface ChangeMap {

  /** Bytes of a granule. */
  int GRANULE = 64 * 1024;

  /** Granules of the disk; the last may be short. */
  long granules();

  /**
   * Marks every granule that the range touches: none behind the disk's end, where writes from
   * before it shrank may lie.
   */
  void mark(long offset, long length);

  /** The first dirty granule at or behind {@code from}, or -1. */
  long next(long from);

  /**
   * Takes a granule out. Clear first, then read the disk: what is written after the clearing is
   * marked again or is in the log.
   */
  void clear(long granule);

  /** Dirty granules. */
  long dirty();

  /**
   * Whether a write to the granule was issued and has not completed (it may say so wrongly of a
   * quiet granule, never the other way round).
   */
  boolean inFlight(long granule);

  /**
   * The same for a pass whose P0 was read at {@code since} (of {@link System#nanoTime}): false as
   * well where all writes from before that are known to be complete, so that a counter that went
   * wrong delays a pass and never stops it.
   */
  boolean inFlight(long granule, long since);

  /**
   * Ranges that were shipped and are not yet safe in the vault, kept in two generations: the one
   * being filled, and the one that waits until everything of it is uploaded.
   */
  void shipped(long offset, long length);

  /**
   * Starts a new generation: the older one was uploaded and is forgotten, the newer becomes older.
   */
  void turn();

  /** Puts both generations back into the dirty set: the far side lost them. */
  void reclaim();
}
