package dev.lifeboat.vault.hydrate;

import java.util.Comparator;

/**
 * Who wins where two index entries are about the same sector: the later one in this order. By
 * position; at one position a block that a pass read comes behind what was captured (ADR 0006);
 * then as they were shipped.
 */
interface ReplayOrder {

  Comparator<ReplayOrder> OLDEST_FIRST =
      Comparator.comparingLong(ReplayOrder::position)
          .thenComparing(ReplayOrder::base)
          .thenComparingInt(ReplayOrder::segment)
          .thenComparingInt(ReplayOrder::entry);

  long position();

  /** Whether it is a block that a pass read; else it was captured. */
  boolean base();

  /** Its segment's place in the stretch of log. */
  int segment();

  /** Its place in the index of its kind. */
  int entry();
}
