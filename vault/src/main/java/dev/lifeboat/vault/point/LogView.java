package dev.lifeboat.vault.point;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What a walk over a machine's log found.
 *
 * @param points that can be brought back, oldest first
 * @param lost marks that were points and cannot be brought back
 * @param findings blobs that are missing, altered or out of place
 * @param segments of every lineage, in the order of the log; only whole stretches, each from the
 *     segment with sequence 1 on
 */
public record LogView(
    List<RecoveryPoint> points,
    List<LostPoint> lost,
    List<Finding> findings,
    List<SegmentSummary> segments,
    long blobs,
    long bytes) {

  public LogView {
    points = List.copyOf(points);
    lost = List.copyOf(lost);
    findings = List.copyOf(findings);
    segments = List.copyOf(segments);
  }

  /** The newest point. */
  public Optional<RecoveryPoint> latest() {
    return points.isEmpty() ? Optional.empty() : Optional.of(points.getLast());
  }

  /** The newest point that is not younger than {@code time}. */
  public Optional<RecoveryPoint> at(Instant time) {
    return points.stream()
        .filter(p -> !p.mark().time().isAfter(time))
        .max(Comparator.comparing(p -> p.mark().time()));
  }

  /** The point of this id, which is refused where a lost point has it too. */
  public Optional<RecoveryPoint> byId(PointId id) throws AmbiguousPointException {
    Optional<RecoveryPoint> found = points.stream().filter(p -> p.id().equals(id)).findFirst();
    if (found.isPresent() && lost.stream().anyMatch(p -> p.id().equals(id))) {
      throw new AmbiguousPointException(id);
    }
    return found;
  }

  /**
   * The segments that bring the point back: from where its lineage was begun last before it, to its
   * own. Another stretch of the same lineage, begun before or after, has positions that mean other
   * changes: the two must never be replayed together.
   */
  public List<SegmentSummary> segmentsOf(RecoveryPoint point) {
    int own = 0;
    while (!segments.get(own).id().equals(point.segment())) {
      own++;
    }
    int first = own;
    while (segments.get(first).header().firstSequence() != 1) {
      first--;
    }
    return segments.subList(first, own + 1);
  }
}
