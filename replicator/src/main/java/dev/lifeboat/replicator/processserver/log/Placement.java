package dev.lifeboat.replicator.processserver.log;

import dev.lifeboat.wire.frame.FrameHeader;
import dev.lifeboat.wire.frame.FrameKind;

/** Where a frame stands to the log; decided from the headers alone (docs/formats.md §3). */
public sealed interface Placement {

  /** It is the next one. A DATA frame's chain is still to be computed. */
  record Next() implements Placement {}

  /** It is held already, the very same. */
  record Duplicate() implements Placement {}

  /** It fits nowhere: the agent is told where the log ends. */
  record Elsewhere(String reason) implements Placement {}

  /**
   * Judges a frame.
   *
   * @param tip where the log ends, frames on their way to the disk included
   */
  static Placement of(Tip tip, RecentFrames recent, FrameHeader header) {
    if (!header.origin().lineage().equals(tip.lineage())) {
      return begins(recent, header);
    }
    if (header.sequence() <= tip.sequence()) {
      return recent.holds(header)
          ? new Duplicate()
          : new Elsewhere(
              "sequence "
                  + header.sequence()
                  + " is held with another content, or too old to tell");
    }
    if (header.sequence() > tip.sequence() + 1) {
      return new Elsewhere(
          "sequence " + header.sequence() + " where " + (tip.sequence() + 1) + " is next");
    }
    return follows(tip, header);
  }

  private static Placement begins(RecentFrames recent, FrameHeader header) {
    if (recent.knows(header.origin().lineage())) {
      return new Elsewhere("a lineage that has ended");
    }
    if (header.sequence() != 1 || header.kind() != FrameKind.STATE) {
      return new Elsewhere("a lineage begins with a STATE of sequence 1");
    }
    return new Next();
  }

  private static Placement follows(Tip tip, FrameHeader header) {
    boolean contiguous = header.span().from() == tip.position();
    return switch (header.kind()) {
      case DATA, GAP -> contiguous ? new Next() : new Elsewhere("positions are not contiguous");
      case MARK ->
          contiguous && header.span().chain().equals(tip.chain())
              ? new Next()
              : new Elsewhere("the mark stands at another position or chain");
      // Base blocks may be of a position that the log has not reached: marks before it leave them
      // out.
      case BASE, STATE -> new Next();
    };
  }
}
