package dev.lifeboat.replicator.processserver.log;

import dev.lifeboat.wire.frame.FrameHeader;
import dev.lifeboat.wire.frame.FrameKind;
import dev.lifeboat.wire.frame.Span;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/**
 * What the last frames were, to tell a duplicate from an impostor, and which lineages this process
 * has seen. Bounded: a frame too old to be remembered is answered with the resume point. Not
 * thread-safe.
 */
public final class RecentFrames {
  private static final int REMEMBERED = 4096;
  private static final int LINEAGES = 1024;

  private record Seen(UUID lineage, long sequence, FrameKind kind, Span span, int bodyCrc) {
    static Seen of(FrameHeader header) {
      // The chain stands for the content of DATA, however it was stored; for all others the CRC
      // does.
      int crc = header.kind() == FrameKind.DATA ? 0 : header.bodyCrc();
      return new Seen(
          header.origin().lineage(), header.sequence(), header.kind(), header.span(), crc);
    }
  }

  private final Seen[] frames = new Seen[REMEMBERED];
  private final Set<UUID> lineages = new HashSet<>();

  /** Remembers an accepted frame. */
  public void add(FrameHeader header) {
    frames[slot(header.sequence())] = Seen.of(header);
    know(header.origin().lineage());
  }

  /** Remembers that a lineage was here. */
  public void know(UUID lineage) {
    if (lineages.size() < LINEAGES) {
      lineages.add(lineage);
    }
  }

  /** Nothing of a lineage became durable: it was not here. */
  void forget(UUID lineage) {
    lineages.remove(lineage);
  }

  boolean knows(UUID lineage) {
    return lineages.contains(lineage);
  }

  boolean holds(FrameHeader header) {
    return Seen.of(header).equals(frames[slot(header.sequence())]);
  }

  /** Forgets the frames behind a tip: they were dropped before they were durable. */
  void forgetBehind(Tip tip) {
    for (int i = 0; i < frames.length; i++) {
      Seen seen = frames[i];
      if (seen != null
          && (!seen.lineage().equals(tip.lineage()) || seen.sequence() > tip.sequence())) {
        frames[i] = null;
      }
    }
  }

  private static int slot(long sequence) {
    return (int) (sequence % REMEMBERED);
  }
}
