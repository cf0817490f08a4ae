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
 * @param segments of every lineage, in the order of the log; only whole stretches
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

  public Optional<RecoveryPoint> byId(PointId id) {
    return points.stream().filter(p -> p.id().equals(id)).findFirst();
  }

  /** The segments that bring the point back, from the first of its lineage to its own. */
  public List<SegmentSummary> segmentsOf(RecoveryPoint point) {
    return segments.stream()
        .filter(s -> s.header().lineage().equals(point.id().lineage()))
        .filter(s -> s.header().firstSequence() <= point.id().sequence())
        .toList();
  }
}
