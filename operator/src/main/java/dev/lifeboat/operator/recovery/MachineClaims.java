package dev.lifeboat.operator.recovery;

import dev.lifeboat.crds.RecoveryRun;
import dev.lifeboat.crds.RecoveryRunStatus.Member;
import dev.lifeboat.crds.RecoveryRunStatus.MemberPhase;
import dev.lifeboat.operator.cloud.Replica;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * One run at a time on a machine. Only the leader works, so what it remembers settles a race; what
 * was claimed before it began stands in the runs' status. Thread-safe.
 */
final class MachineClaims {

  /** A ProtectedVM. */
  private record Machine(String namespace, String name) {}

  /** Under which a VM stands; the names of its disks and its interface follow from it. */
  private record VmName(String group, String name) {}

  /** Who makes a VM. */
  private record Maker(String run, UUID machine) {}

  private final Map<Machine, String> held = new HashMap<>();
  private final Map<VmName, Maker> names = new HashMap<>();

  /**
   * The name of the run that has the machine; empty if it is the asking run's from now on.
   *
   * @param runs of the run's namespace
   */
  synchronized Optional<String> claim(
      RecoveryRun run, String machine, Supplier<List<RecoveryRun>> runs) {
    Machine wanted = new Machine(run.getMetadata().getNamespace(), machine);
    String uid = run.getMetadata().getUid();
    String holder = held.get(wanted);
    if (uid.equals(holder)) {
      return Optional.empty();
    }
    for (RecoveryRun other : runs.get()) {
      String theirs = other.getMetadata().getUid();
      if (theirs.equals(uid) || (other.getStatus() != null && other.getStatus().ended())) {
        continue;
      }
      if (theirs.equals(holder) || precedes(other, run, machine)) {
        return Optional.of(other.getMetadata().getName());
      }
    }
    held.put(wanted, uid);
    return Optional.empty();
  }

  /** Whether the other run had the machine when another program worked; one of both did. */
  private static boolean precedes(RecoveryRun other, RecoveryRun run, String machine) {
    Optional<Member> theirs = atWork(other, machine);
    Optional<Member> ours = atWork(run, machine);
    if (theirs.isEmpty() || ours.isEmpty()) {
      return theirs.isPresent();
    }
    boolean theyMadeThings = theirs.get().point() != null;
    boolean weMadeThings = ours.get().point() != null;
    return theyMadeThings == weMadeThings ? age(other).compareTo(age(run)) < 0 : theyMadeThings;
  }

  private static Optional<Member> atWork(RecoveryRun run, String machine) {
    return run.getStatus() == null
        ? Optional.empty()
        : run.getStatus().members().stream()
            .filter(m -> m.name().equals(machine))
            .filter(m -> m.phase() == MemberPhase.Running || m.phase() == MemberPhase.RollingBack)
            .findFirst();
  }

  private static String age(RecoveryRun run) {
    return run.getStatus().startTime() + " " + run.getMetadata().getUid();
  }

  /**
   * Whether the replica's name is this machine's as long as the run works: nothing may be there yet
   * when two of one name look.
   */
  synchronized boolean claimName(Replica replica) {
    VmName wanted =
        new VmName(
            replica.place().id().toLowerCase(Locale.ROOT),
            replica.vmName().toLowerCase(Locale.ROOT));
    Maker first = names.putIfAbsent(wanted, new Maker(replica.run(), replica.machine()));
    return first == null || first.machine().equals(replica.machine());
  }

  synchronized void release(RecoveryRun run) {
    held.values().removeIf(run.getMetadata().getUid()::equals);
    names.values().removeIf(maker -> maker.run().equals(run.getMetadata().getUid()));
  }
}
