package dev.lifeboat.agent.enrolment;

import dev.lifeboat.agent.hardware.HardwareIdentity;
import dev.lifeboat.agent.settings.StateDirectory;
import dev.lifeboat.agent.shipping.LineageKeeper;
import dev.lifeboat.wire.frame.Chain;
import java.util.Optional;
import java.util.UUID;

/**
 * The machine's place in its log, kept in the state directory: whose log it is, on what hardware it
 * may be written, and where the positions of this capture begin.
 *
 * <p>A position must never stand for two writes (ADR 0004 resumes by position and chain). The
 * kernel counts from zero whenever capture starts anew, so each capture gets a boot number of its
 * own, written before anything is captured: a new boot raises it in {@link #open}, a capture that
 * starts anew within a boot in {@link #beginCapture}. A number that was rolled back with the disk
 * is given out twice, and is found out by its chain, which begins at lineage and {@link
 * #captureId}: that is the boot id for a boot's first capture, and random for each further one.
 *
 * <p>To start: {@link #open}; where a pinned capture stands and {@link #captureBegun} holds, open
 * it, and if {@link #covers} its position go on with it. Else detach what stands, {@link
 * #beginCapture}, and start one with {@link #base} and {@link #chain}.
 *
 * <p>Thread-safe. One process at a time: the capture's lock sees to that. What cannot be written is
 * an {@link java.io.UncheckedIOException}, and then nothing has changed in memory.
 */
public final class Enrolment implements LineageKeeper {
  /** Why a machine cannot be enrolled, and what to do. */
  public static final String TELLS_NOTHING =
      "this machine has neither an SMBIOS UUID nor serials of board, chassis or disks that tell it"
          + " from others: name it in the configuration as machine.hardwareId";

  private static final String REMEDY =
      ". Nothing is captured or sent from here. If this is the machine to protect from now on,"
          + " stop the agent, remove its state directory and enrol it again";

  private final StateDirectory directory;
  private volatile EnrolmentState state;

  private Enrolment(StateDirectory directory, EnrolmentState state) {
    this.directory = directory;
    this.state = state;
  }

  /** Whether this machine may write into the log. */
  public sealed interface Outcome {}

  /** It may. */
  public record Enrolled(Enrolment enrolment) implements Outcome {}

  /** It must not: no capture, no replay, no connection. The reason names the remedy. */
  public record Dormant(String reason) implements Outcome {}

  /**
   * Enrols the machine if it never was, else checks that it is the one. A new boot has its number
   * on the disk when this returns; a dormant machine's state is left as it is.
   */
  public static Outcome open(
      StateDirectory directory, UUID machine, HardwareIdentity now, UUID bootId) {
    Optional<EnrolmentState> last = directory.read(EnrolmentState.FILE, EnrolmentState.class);
    if (last.isEmpty()) {
      if (now.tellsNothing()) {
        return new Dormant(TELLS_NOTHING);
      }
      EnrolmentState first = EnrolmentState.first(machine, now, bootId);
      directory.write(EnrolmentState.FILE, first);
      return new Enrolled(new Enrolment(directory, first));
    }
    EnrolmentState state = last.get();
    if (!state.machine().equals(machine)) {
      return new Dormant(
          "the state directory belongs to machine "
              + state.machine()
              + ", the configuration says "
              + machine
              + REMEDY);
    }
    return switch (state.hardware().matches(now)) {
      case HardwareIdentity.Other other ->
          new Dormant("this is other hardware than was enrolled: " + other.sentence() + REMEDY);
      case HardwareIdentity.Same _ -> {
        Enrolment enrolment = new Enrolment(directory, state);
        if (!state.bootId().equals(bootId)) {
          enrolment.write(state.inBoot(bootId));
        }
        yield new Enrolled(enrolment);
      }
    };
  }

  /** Whether what the directory remembers is of another machine, or of other hardware. */
  public static boolean isOfAnother(StateDirectory directory, UUID machine, HardwareIdentity now) {
    return directory
        .read(EnrolmentState.FILE, EnrolmentState.class)
        .map(state ->
            !state.machine().equals(machine)
                || state.hardware().matches(now) instanceof HardwareIdentity.Other)
        .orElse(false);
  }

  /** Forgets machine and disks: the next run begins a log. Its capture must have been ended. */
  public static void forget(StateDirectory directory) {
    directory.forget(EnrolmentState.FILE);
    directory.forget(DiskBindings.FILE);
  }

  private synchronized void write(EnrolmentState next) {
    directory.write(EnrolmentState.FILE, next);
    state = next;
  }

  /** Whether a capture was begun in this boot: without that, what is pinned is not ours. */
  public boolean captureBegun() {
    return state.begun();
  }

  /**
   * Call before capture starts anew, whatever became of the one before: behind this, {@link #base}
   * is beyond any position used before. Where the numbers end (32767 captures) a new lineage
   * begins. It is on the disk when this returns.
   */
  public synchronized void beginCapture() {
    write(state.withCapture());
  }

  /** Whether a position belongs to the capture begun last; if not, the state was rolled back. */
  public boolean covers(long position) {
    return position >> EnrolmentState.SHIFT == state.number();
  }

  /**
   * Tells one capture from every other. Convergence takes it for the boot id: between two captures
   * of one boot nobody watched the disks either.
   */
  public UUID captureId() {
    return state.captureId();
  }

  /** The boot number: the top 16 bits of every position. */
  public long bootNumber() {
    return state.number();
  }

  /** What the machine was enrolled on. */
  public HardwareIdentity hardware() {
    return state.hardware();
  }

  @Override
  public UUID machine() {
    return state.machine();
  }

  @Override
  public UUID lineage() {
    return state.lineage();
  }

  @Override
  public long base() {
    return state.number() << EnrolmentState.SHIFT;
  }

  @Override
  public Chain chain() {
    EnrolmentState now = state;
    return Chain.ofBoot(now.lineage(), now.captureId());
  }

  @Override
  public synchronized void renew() {
    write(state.withLineage(UUID.randomUUID()));
  }
}
