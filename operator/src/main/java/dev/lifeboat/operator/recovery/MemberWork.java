package dev.lifeboat.operator.recovery;

import dev.lifeboat.crds.RecoveryRun;
import dev.lifeboat.crds.RecoveryRunSpec;
import dev.lifeboat.crds.RecoveryRunSpec.Action;
import dev.lifeboat.crds.RecoveryRunStatus.DiskProgress;
import dev.lifeboat.crds.RecoveryRunStatus.Member;
import dev.lifeboat.operator.cloud.CloudException;
import dev.lifeboat.operator.cloud.CloudView;
import dev.lifeboat.operator.protection.ServerGauge;
import dev.lifeboat.operator.vaults.VaultPoint;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Looks at one machine of a run, and does what the planner said. Thread-safe. */
final class MemberWork {

  /** All that a machine may have: looked for where nothing says which a test failover made. */
  private static final Set<Integer> ANY_DISK =
      IntStream.rangeClosed(1, 64).boxed().collect(Collectors.toUnmodifiableSet());

  private final Subjects subjects;
  private final Keepers keepers;
  private final ServerGauge servers;
  private final Clock clock;

  MemberWork(Subjects subjects, Keepers keepers, ServerGauge servers, Clock clock) {
    this.subjects = subjects;
    this.keepers = keepers;
    this.servers = servers;
    this.clock = clock;
  }

  /** One machine as it was seen, with what it takes to work on it if it may be worked on. */
  record Look(Observed seen, Optional<MemberSubject> subject) {}

  Look look(RecoveryRun run, Member member, Observed.Turn turn) throws CloudException, IOException {
    Map<Integer, Observed.JobState> jobs = keepers.jobs(run, member.name());
    return switch (subjects.find(run, member)) {
      case Subjects.Found.Refused(var refusal) ->
          new Look(
              new Observed(
                  Optional.of(refusal),
                  Observed.Source.NotHeardYet,
                  Optional.empty(),
                  new PointSearch.NotAsked(),
                  CloudView.empty(),
                  jobs,
                  turn),
              Optional.empty());
      case Subjects.Found.Subject(var subject) ->
          new Look(
              new Observed(
                  Optional.empty(),
                  subjects.source(subject),
                  subject.vault().head(subject.uid()),
                  search(run, member, subject),
                  cloud(run, member, subject),
                  jobs,
                  turn),
              Optional.of(subject));
    };
  }

  private static CloudView cloud(RecoveryRun run, Member member, MemberSubject subject)
      throws CloudException {
    if (run.getSpec().action() == Action.Commit) {
      return CloudView.empty();
    }
    return subject.cloud().look(subject.replica(), disks(run, member));
  }

  private static Set<Integer> disks(RecoveryRun run, Member member) {
    return member.disks().isEmpty() && run.getSpec().action() == Action.CleanupTestFailover
        ? ANY_DISK
        : member.disks().stream().map(DiskProgress::id).collect(Collectors.toSet());
  }

  private PointSearch search(RecoveryRun run, Member member, MemberSubject subject) {
    boolean wanted =
        run.getSpec().action() == Action.TestFailover || run.getSpec().action() == Action.Failover;
    if (!wanted || member.point() != null) {
      return new PointSearch.NotAsked();
    }
    try {
      // Asked before the points are read: what it had uploaded by then is among them.
      Optional<Instant> until = servers.uploadedUntil(subject.policy());
      List<VaultPoint> points = subject.vault().points(subject.uid());
      return PointChooser.choose(
          run.getSpec().point() == null ? RecoveryRunSpec.latest() : run.getSpec().point(),
          points,
          until,
          Instant.parse(run.getStatus().startTime()),
          clock.instant());
    } catch (IOException e) {
      return new PointSearch.Unreachable(e.getMessage());
    }
  }

  /** Does one thing; gives back the machine as the status is to have it. */
  Member carryOut(RecoveryRun run, Member member, MemberSubject subject, Task task)
      throws CloudException, IOException {
    switch (task) {
      case Task.UsePoint(var point) -> {
        return Members.using(member, point, subject.replica());
      }
      case Task.ClaimHead() -> claim(subject, run.getMetadata().getUid());
      case Task.CreateDisk(var disk, var bytes) ->
          subject.cloud().createDisk(subject.replica(), disk, bytes);
      case Task.StartHydration(var disk) ->
          keepers.start(
              run,
              subject,
              new Keepers.Order(
                  disk,
                  Members.bytes(member, disk),
                  member.point(),
                  subject.cloud().openUpload(subject.replica(), disk)));
      case Task.FinishDisk(var disk) -> {
        subject.cloud().closeUpload(subject.replica(), disk);
        return Members.hydrated(member, disk);
      }
      case Task.CreateNic() -> subject.cloud().createNic(subject.replica());
      case Task.CreateVm(var disks) ->
          subject
              .cloud()
              .createVm(
                  subject.replica(), disks.stream().sorted(Comparator.naturalOrder()).toList());
      case Task.StartVm() -> subject.cloud().startVm(subject.replica());
      case Task.MarkRecovered() ->
          subject
              .vault()
              .changeHead(
                  subject.uid(),
                  head ->
                      HeadClaim.isOf(head, run.getMetadata().getUid())
                          ? HeadClaim.recovered(head, run.getMetadata().getUid())
                          : head);
      case Task.RemoveHydration() -> removeHydration(run, member);
      case Task.DeleteVm() -> subject.cloud().deleteVm(subject.replica());
      case Task.DeleteNic() -> subject.cloud().deleteNic(subject.replica());
      case Task.DeleteDisk(var disk) -> subject.cloud().deleteDisk(subject.replica(), disk);
      case Task.ReleaseHead() ->
          subject
              .vault()
              .changeHead(
                  subject.uid(),
                  head ->
                      HeadClaim.isOf(head, run.getMetadata().getUid())
                          ? HeadClaim.released(head)
                          : head);
      case Task.CommitHead() ->
          subject
              .vault()
              .changeHead(
                  subject.uid(),
                  head -> HeadClaim.isPending(head) ? HeadClaim.committed(head) : head);
    }
    return member;
  }

  /** Takes Jobs and their Secrets away; needs nothing of the machine. */
  void removeHydration(RecoveryRun run, Member member) {
    keepers.remove(run, member.name());
  }

  /** A head that another has taken in between stays as it is: the planner sees it. */
  private static void claim(MemberSubject subject, String run) throws IOException {
    var _ =
        subject
            .vault()
            .changeHead(
                subject.uid(),
                head -> HeadClaim.isFree(head) ? HeadClaim.claimed(head, run) : head);
  }
}
