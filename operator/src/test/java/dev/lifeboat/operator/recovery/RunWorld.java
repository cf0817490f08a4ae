package dev.lifeboat.operator.recovery;

import dev.lifeboat.crds.ProtectedVM;
import dev.lifeboat.crds.RecoveryPlanSpec.OnError;
import dev.lifeboat.crds.RecoveryRun;
import dev.lifeboat.crds.RecoveryRunSpec;
import dev.lifeboat.crds.RecoveryRunSpec.Action;
import dev.lifeboat.crds.RecoveryRunSpec.Point;
import dev.lifeboat.crds.RecoveryRunStatus;
import dev.lifeboat.crds.RecoveryRunStatus.Member;
import dev.lifeboat.crds.ReplicationPolicy;
import dev.lifeboat.crds.TargetSpec;
import dev.lifeboat.operator.cloud.Replica;
import dev.lifeboat.vault.head.Head;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Cloud, vault and keepers in memory, and a run that is driven look by look. */
final class RunWorld {

  static final Instant NOW = Instant.parse("2026-01-01T00:01:00Z");

  final FakeCloud cloud = new FakeCloud();
  final FakeVault vault = new FakeVault();
  final Map<String, Observed.JobState> jobs = new HashMap<>();
  final RecoveryRun run = new RecoveryRun();
  final Map<String, String> vmNames = new HashMap<>();
  Observed.JobPhase jobsEnd = Observed.JobPhase.Succeeded;
  Observed.Source source = Observed.Source.Silent;
  Optional<Instant> uploadedUntil = Optional.empty();
  List<Member> members;

  RunWorld(Action action, String... machines) {
    run.setMetadata(new ObjectMetaBuilder().withName("run").withUid("run-1").build());
    spec(action, null, null);
    RecoveryRunStatus none = RecoveryRunStatus.none();
    run.setStatus(
        new RecoveryRunStatus(
            none.observedGeneration(),
            RecoveryRunStatus.Phase.Running,
            "machine",
            null,
            NOW.toString(),
            null,
            null,
            null,
            List.of(),
            List.of()));
    members =
        java.util.stream.IntStream.range(0, machines.length)
            .mapToObj(
                group -> Members.fresh(machines[group], uid(machines[group]).toString(), group))
            .toList();
    for (String machine : machines) {
      vault.heads.put(uid(machine), Head.fresh());
    }
    vault.points.add(FakeVault.point(5, FakeVault.POINT_TIME));
    vault.points.add(FakeVault.point(9, FakeVault.POINT_TIME.plusSeconds(30)));
  }

  void spec(Action action, Point point, Boolean cancel) {
    run.setSpec(new RecoveryRunSpec(action, "m", null, point, null, cancel));
  }

  void cancel() {
    spec(run.getSpec().action(), run.getSpec().point(), true);
  }

  /** The next run on the same world. */
  void next(String uid, Action action) {
    run.getMetadata().setUid(uid);
    spec(action, null, null);
    members =
        members.stream().map(m -> Members.fresh(m.name(), m.machineUid(), m.group())).toList();
  }

  /** As the API server has it once somebody deletes it. */
  void delete() {
    run.getMetadata().setDeletionTimestamp(NOW.toString());
  }

  private String machine(UUID uid) {
    return members.stream()
        .map(Member::name)
        .filter(name -> uid(name).equals(uid))
        .findFirst()
        .orElseThrow();
  }

  static UUID uid(String machine) {
    return UUID.nameUUIDFromBytes(machine.getBytes(StandardCharsets.UTF_8));
  }

  private Subjects subjects() {
    return new Subjects() {
      @Override
      public Found find(RecoveryRun r, Member member) {
        String machine = member.name();
        return new Found.Subject(
            new MemberSubject(
                new ProtectedVM(),
                new ReplicationPolicy(),
                uid(machine),
                vault,
                cloud,
                replica(machine)));
      }

      @Override
      public Observed.Source source(MemberSubject subject) {
        return source;
      }
    };
  }

  Replica replica(String machine) {
    Replica.Purpose purpose =
        run.getSpec().action() == Action.Failover ? Replica.Purpose.Failover : Replica.Purpose.Test;
    return new Replica(
        uid(machine),
        run.getMetadata().getUid(),
        purpose,
        vmNames.getOrDefault(machine, machine) + (purpose == Replica.Purpose.Test ? "-test" : ""),
        new Replica.Place("subscription", "group", "region"),
        new Replica.Network("subnet", Optional.empty(), false),
        new Replica.Sizing(Optional.empty(), 1, 1024, TargetSpec.DiskType.StandardSSD_LRS),
        Map.of());
  }

  /** Jobs end at the second look. */
  private Keepers keepers() {
    return new Keepers() {
      @Override
      public Map<Integer, Observed.JobState> jobs(RecoveryRun r, String machine) {
        Map<Integer, Observed.JobState> found = new HashMap<>();
        for (int disk = 1; disk <= 2; disk++) {
          Observed.JobState state = jobs.get(machine + "/" + disk);
          if (state != null) {
            found.put(disk, state);
            jobs.put(machine + "/" + disk, new Observed.JobState(jobsEnd, "exit code 1"));
          }
        }
        return found;
      }

      @Override
      public void start(RecoveryRun r, MemberSubject subject, Order order) {
        String machine = machine(subject.uid());
        jobs.putIfAbsent(
            machine + "/" + order.disk(), new Observed.JobState(Observed.JobPhase.Running, ""));
      }

      @Override
      public void remove(RecoveryRun r, String machine) {
        jobs.keySet().removeIf(key -> key.startsWith(machine + "/"));
      }
    };
  }

  /** One look of a fresh program: nothing is remembered but what the status holds. */
  void look() {
    Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
    MemberWork work = new MemberWork(subjects(), keepers(), policy -> uploadedUntil, clock);
    members = new RunDriver(work, clock).advance(run, members, OnError.Stop);
  }

  /** Looks until every machine has ended; returns how many looks that took. */
  int untilEnded() {
    for (int looks = 1; looks < 200; looks++) {
      try {
        look();
      } catch (FakeCloud.Killed killed) {
        continue;
      }
      if (members.stream().allMatch(Members::ended)) {
        return looks;
      }
    }
    throw new AssertionError("it never ends: " + members);
  }

  Member member(String name) {
    return members.stream().filter(m -> m.name().equals(name)).findFirst().orElseThrow();
  }
}
