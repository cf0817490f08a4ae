package dev.lifeboat.operator.recovery;

import dev.lifeboat.crds.RecoveryRunStatus.DiskProgress;
import dev.lifeboat.crds.RecoveryRunStatus.Member;
import dev.lifeboat.crds.RecoveryRunStatus.MemberPhase;
import dev.lifeboat.crds.RecoveryRunStatus.StepRecord;
import dev.lifeboat.operator.cloud.Replica;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How a machine of a run changes in the run's status. Pure. */
final class Members {

  private static final int TIMELINE_LIMIT = 32;

  private Members() {}

  /**
   * One of whom nothing is done yet.
   *
   * @param uid in the vault; null if it has none, and the run will say so
   */
  static Member fresh(String name, String uid, int group) {
    return new Member(
        name,
        uid,
        group,
        MemberPhase.Pending,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  /** One whose test failover is to be cleaned up: by the names that were used then. */
  static Member toCleanUp(Member fresh, Member tested) {
    return new Member(
        fresh.name(),
        fresh.machineUid(),
        fresh.group(),
        fresh.phase(),
        null,
        null,
        null,
        tested.disks(),
        tested.resourceGroup(),
        tested.vmName(),
        null,
        null,
        null,
        null);
  }

  /** At a step, for a reason that is said. */
  static Member at(
      Member m, MemberPhase phase, Step step, String reason, String message, Instant now) {
    return new Member(
        m.name(),
        m.machineUid(),
        m.group(),
        phase,
        step.name(),
        m.point(),
        m.pointTime(),
        m.disks(),
        m.resourceGroup(),
        m.vmName(),
        m.privateIp(),
        message,
        reason,
        timeline(m, step.name(), now));
  }

  private static List<StepRecord> timeline(Member m, String step, Instant now) {
    List<StepRecord> timeline = new ArrayList<>(m.timeline());
    boolean same = !timeline.isEmpty() && timeline.getLast().name().equals(step);
    if (same || timeline.size() >= TIMELINE_LIMIT) {
      return timeline;
    }
    close(timeline, now);
    timeline.add(new StepRecord(step, text(now), null));
    return timeline;
  }

  private static void close(List<StepRecord> timeline, Instant now) {
    if (!timeline.isEmpty() && timeline.getLast().completionTime() == null) {
      StepRecord last = timeline.removeLast();
      timeline.add(new StepRecord(last.name(), last.startTime(), text(now)));
    }
  }

  static Member ended(Member m, MemberPhase phase, String ip, Instant now) {
    List<StepRecord> timeline = new ArrayList<>(m.timeline());
    close(timeline, now);
    boolean good = phase == MemberPhase.Succeeded;
    return new Member(
        m.name(),
        m.machineUid(),
        m.group(),
        phase,
        null,
        m.point(),
        m.pointTime(),
        m.disks(),
        m.resourceGroup(),
        m.vmName(),
        ip.isEmpty() ? m.privateIp() : ip,
        good ? null : m.message(),
        good ? null : m.reason(),
        timeline);
  }

  /** With what it is made of and where: found by this later, whatever the objects say then. */
  static Member using(Member m, ChosenPoint point, Replica replica) {
    List<DiskProgress> disks =
        point.disks().entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(disk ->
                new DiskProgress(
                    disk.getKey(), disk.getValue(), replica.diskName(disk.getKey()), false))
            .toList();
    return new Member(
        m.name(),
        m.machineUid(),
        m.group(),
        m.phase(),
        m.step(),
        point.id(),
        point.time().toString(),
        disks,
        replica.place().id(),
        replica.vmName(),
        m.privateIp(),
        m.message(),
        m.reason(),
        m.timeline());
  }

  static Member hydrated(Member m, int disk) {
    List<DiskProgress> disks =
        m.disks().stream()
            .map(d -> d.id() == disk ? new DiskProgress(d.id(), d.bytes(), d.diskName(), true) : d)
            .toList();
    return new Member(
        m.name(),
        m.machineUid(),
        m.group(),
        m.phase(),
        m.step(),
        m.point(),
        m.pointTime(),
        disks,
        m.resourceGroup(),
        m.vmName(),
        m.privateIp(),
        m.message(),
        m.reason(),
        m.timeline());
  }

  static long bytes(Member m, int disk) {
    return m.disks().stream().filter(d -> d.id() == disk).findFirst().orElseThrow().bytes();
  }

  static boolean ended(Member m) {
    return m.phase().ended();
  }

  static String text(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
