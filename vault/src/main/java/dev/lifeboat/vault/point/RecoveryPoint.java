package dev.lifeboat.vault.point;

import dev.lifeboat.vault.segment.SegmentId;
import dev.lifeboat.vault.segment.SegmentMark;
import dev.lifeboat.wire.frame.StateBody;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A consistent mark that can be brought back.
 *
 * @param segment in which the mark stands: the id alone does not say which, where a lineage was
 *     begun twice
 * @param disks those it holds for, as they were at the mark
 * @param logBytes stored bytes of the log from the lineage's first segment to the point's
 */
public record RecoveryPoint(
    PointId id, SegmentId segment, SegmentMark mark, List<StateBody.Disk> disks, long logBytes) {

  public RecoveryPoint {
    disks = List.copyOf(disks);
  }

  /** When it was taken, as the process server has it. */
  public Instant time() {
    return mark.time();
  }

  /** What it was called; empty if it was not. */
  public String label() {
    return mark.body().label();
  }

  /** The disk of this id, if the point holds for it. */
  public Optional<StateBody.Disk> disk(int disk) {
    return disks.stream().filter(d -> d.id() == disk).findFirst();
  }
}
