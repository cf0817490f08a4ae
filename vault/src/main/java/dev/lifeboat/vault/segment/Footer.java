package dev.lifeboat.vault.segment;

import dev.lifeboat.wire.frame.Chain;
import java.util.List;

/**
 * What a segment knows of itself. Immutable once read.
 *
 * @param before the chain at the header's first position
 * @param behind the chain at the header's last position
 * @param log entries of captured records, in position order
 * @param base entries of blocks that passes read, in the order they were shipped
 */
public record Footer(
    List<ChunkPlace> chunks,
    SegmentIndex log,
    SegmentIndex base,
    Chain before,
    Chain behind,
    List<SegmentMark> marks,
    List<SegmentState> states,
    List<SegmentGap> gaps) {

  public Footer {
    chunks = List.copyOf(chunks);
    marks = List.copyOf(marks);
    states = List.copyOf(states);
    gaps = List.copyOf(gaps);
  }
}
