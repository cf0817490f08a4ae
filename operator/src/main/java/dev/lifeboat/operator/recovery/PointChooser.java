package dev.lifeboat.operator.recovery;

import dev.lifeboat.crds.RecoveryRunSpec.Point;
import dev.lifeboat.operator.cloud.Replica;
import dev.lifeboat.operator.vaults.VaultPoint;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Chooses the recovery point of a run. Pure. */
final class PointChooser {

  /** Past this, a process server that does not get on is not waited for any more. */
  static final Duration PATIENCE = Duration.ofMinutes(5);

  private PointChooser() {}

  /**
   * @param uploadedUntil up to when every living process server has uploaded what it took; empty if
   *     none lives
   * @param started when the run began
   */
  static PointSearch choose(
      Point wanted,
      List<VaultPoint> points,
      Optional<Instant> uploadedUntil,
      Instant started,
      Instant now) {
    if (wanted.type() == Point.Type.Latest
        && uploadedUntil.isPresent()
        && uploadedUntil.get().isBefore(started)
        && now.isBefore(started.plus(PATIENCE))) {
      return new PointSearch.NotYet(
          "a process server still uploads what it held when the run began; LatestProcessed would"
              + " not wait");
    }
    Optional<VaultPoint> chosen;
    try {
      chosen = chosen(wanted, points);
    } catch (DateTimeException e) {
      return new PointSearch.Missing(
          "point.time " + wanted.time() + " is no date: " + e.getMessage());
    }
    if (chosen.isEmpty()) {
      return new PointSearch.Missing(
          points.isEmpty()
              ? "the machine has no recovery point yet: its first copy must be whole first"
              : "there is no such recovery point; status.recoveryPoints of the machine lists the"
                  + " newest, `lifeboat-vault points` all of them");
    }
    VaultPoint point = chosen.get();
    if (!point.disks().containsKey(Replica.BOOT_DISK)) {
      return new PointSearch.Missing(
          "the point has no disk "
              + Replica.BOOT_DISK
              + ", which a VM boots from: call the system disk so in spec.disks, and let the agent"
              + " enrol again");
    }
    return new PointSearch.Found(new ChosenPoint(point.id(), point.time(), point.disks()));
  }

  private static Optional<VaultPoint> chosen(Point wanted, List<VaultPoint> points) {
    return switch (wanted.type()) {
      case Latest, LatestProcessed -> points.stream().max(Comparator.comparing(VaultPoint::time));
      case Custom -> custom(wanted, points);
    };
  }

  private static Optional<VaultPoint> custom(Point wanted, List<VaultPoint> points) {
    if (wanted.id() != null) {
      return points.stream().filter(point -> point.id().equals(wanted.id())).findFirst();
    }
    Instant time = Instant.parse(wanted.time());
    return points.stream()
        .filter(point -> !point.time().isAfter(time))
        .max(Comparator.comparing(VaultPoint::time));
  }
}
