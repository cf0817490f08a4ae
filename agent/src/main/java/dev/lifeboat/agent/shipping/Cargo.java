package dev.lifeboat.agent.shipping;

import dev.lifeboat.agent.convergence.BaseBlocks;

/** What a frame under way means to the agent once it has arrived, or has not. */
sealed interface Cargo {
  /** Captured records: from ring or journal they come again by themselves. */
  record Log(boolean journalled) implements Cargo {}

  /** Blocks of a pass. */
  record Base(BaseBlocks blocks) implements Cargo {}

  /** A mark, told by the clock it was taken at. */
  record Marked(long bootNanos, long position, boolean consistent, boolean journalled)
      implements Cargo {}

  /** Nothing to remember. */
  record Word() implements Cargo {}
}
