package dev.lifeboat.agent.capture;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.agent.capture.KernelObjects.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskWatchTest {
  private static final long SECOND = 1_000_000_000L;

  @TempDir Path sysfs;

  private final FakeMemory memory = new FakeMemory();
  private final Slot slot = new Slot(memory.of(Part.DIRECTORY), 0);
  private long now = 5;
  private long missed;
  private boolean limited;
  private DiskWatch watch;

  @BeforeEach
  void begin() throws IOException {
    slot.assign(1, new BlockDevice(Path.of("/dev/x"), sysfs, 77, 1 << 30, 512), 0);
    slot.state(Slot.USED);
    kernel(0, 0);
    watch = new DiskWatch(slot, sysfs, memory, () -> limited, () -> now);
  }

  private void kernel(long sectors, int inFlight) throws IOException {
    Files.writeString(
        sysfs.resolve("stat"), "1 0 0 0 1 0 " + sectors + " 0 " + inFlight + " 0 0 0 0 0 0");
    Files.writeString(sysfs.resolve("inflight"), "       0        " + inFlight + "\n");
  }

  private void programs(int offset, long value) {
    memory.of(Part.PER_DISK).set(JAVA_LONG, offset, value);
  }

  private void unit(int index, int sectors) {
    memory.of(Part.FLIGHT).set(JAVA_INT, 4L * index, sectors);
  }

  private int unit(int index) {
    return memory.of(Part.FLIGHT).get(JAVA_INT, 4L * index);
  }

  private boolean look(long after) throws IOException {
    now += after;
    return watch.look(missed);
  }

  @Test
  void settlesAtAQuietInstantAndTakesOutWhatIsLeft() throws IOException {
    unit(7, -16);
    unit(9, 8);
    look(SECOND / 2);
    look(SECOND / 4);
    assertThat(slot.settled()).as("too early").isFalse();
    look(SECOND);
    assertThat(slot.settled()).isTrue();
    assertThat(unit(7)).isZero();
    assertThat(unit(9)).as("may be queued").isEqualTo(8);
    look(DiskWatch.LONGEST_WAIT_NANOS);
    assertThat(unit(9)).as("quiet for so long").isZero();
  }

  @Test
  void waitsWhileWritesAreUnderWayOrCome() throws IOException {
    kernel(0, 1);
    for (int i = 0; i < 20; i++) {
      look(SECOND);
    }
    assertThat(slot.settled()).isFalse();
    kernel(0, 0);
    for (int i = 1; i < DiskWatch.IDLE_LOOKS; i++) {
      programs(Abi.D_WRITTEN, 4096L * i);
      look(SECOND);
    }
    assertThat(slot.settled()).isFalse();
    look(SECOND);
    assertThat(slot.settled()).isTrue();
  }

  /** A writer that waits for each of its writes: never quiet, but idle at every other look. */
  @Test
  void settlesABusyDiskThatHadNothingUnderWayAgainAndAgain() throws IOException {
    unit(7, -16);
    alternate(DiskWatch.LONGEST_TURN_NANOS - SECOND);
    assertThat(slot.settled()).as("a thread may still wait for its turn").isFalse();
    alternate(2 * SECOND);
    assertThat(slot.settled()).isTrue();
    assertThat(unit(7)).isZero();
  }

  @Test
  void waitsLongerForABusyDiskThatMayBeHeldBack() throws IOException {
    limited = true;
    alternate(DiskWatch.LONGEST_WAIT_NANOS + SECOND);
    assertThat(slot.settled()).isFalse();
  }

  private void alternate(long nanos) throws IOException {
    long end = now + nanos;
    for (int i = 0; now < end; i++) {
      programs(Abi.D_WRITTEN, now);
      kernel(0, i % 2);
      look(SECOND / 10);
    }
  }

  @Test
  void neverWaitsForEver() throws IOException {
    kernel(0, 3);
    unit(7, -16);
    unit(9, 8);
    programs(Abi.D_ZEROES_IN_FLIGHT, -4096);
    look(DiskWatch.LONGEST_WAIT_NANOS - SECOND);
    assertThat(slot.settled()).isFalse();
    look(SECOND);
    assertThat(slot.settled()).isTrue();
    assertThat(unit(7)).isZero();
    assertThat(unit(9)).as("may really be under way").isEqualTo(8);
    assertThat(memory.of(Part.PER_DISK).get(JAVA_LONG, Abi.D_ZEROES_IN_FLIGHT)).isZero();
    kernel(0, 0);
    look(SECOND);
    look(SECOND);
    assertThat(unit(9)).isEqualTo(8);
    look(DiskWatch.LONGEST_WAIT_NANOS);
    assertThat(unit(9)).as("healed when quiet").isZero();
  }

  /**
   * A place that is written all the time: the look that settles the disk meets it within a write.
   */
  @Test
  void healsWhatWasHiddenWhenTheDiskSettled() throws IOException {
    kernel(0, 1);
    unit(7, -8);
    look(SECOND);
    assertThat(unit(7)).as("before it settles").isZero();
    unit(9, -8 + 8);
    look(DiskWatch.LONGEST_WAIT_NANOS);
    assertThat(slot.settled()).isTrue();
    unit(9, -8);
    look(SECOND);
    assertThat(unit(9)).as("and behind it").isZero();
    unit(9, 8);
    look(SECOND);
    assertThat(unit(9)).as("under way").isEqualTo(8);
  }

  @Test
  void unsettlesWhenRunsWereMissedOrAWriteWasTooWide() throws IOException {
    look(2 * SECOND);
    look(SECOND);
    assertThat(slot.settled()).isTrue();
    missed++;
    kernel(0, 1);
    look(SECOND);
    assertThat(slot.settled()).isFalse();
    kernel(0, 0);
    look(2 * SECOND);
    look(SECOND);
    assertThat(slot.settled()).isTrue();
    DiskChanges changes = new DiskChanges(memory, slot);
    assertThat(changes.inFlight(5)).isFalse();
    programs(Abi.D_WIDE, 1);
    assertThat(changes.inFlight(5)).as("at once").isTrue();
    kernel(0, 1);
    look(SECOND);
    assertThat(slot.settled()).isFalse();
    look(DiskWatch.LONGEST_WAIT_NANOS - SECOND);
    programs(Abi.D_WIDE, 2);
    look(SECOND);
    assertThat(slot.settled()).as("the newest of them may still be under way").isFalse();
    look(DiskWatch.LONGEST_WAIT_NANOS);
    assertThat(slot.settled()).isTrue();
  }

  /** What a write that was too wide did while no agent ran. */
  @Test
  void doubtsWhatHappenedBeforeItCame() throws IOException {
    look(2 * SECOND);
    look(SECOND);
    assertThat(slot.settled()).isTrue();
    programs(Abi.D_WIDE, 1);
    kernel(0, 1);
    watch = new DiskWatch(slot, sysfs, memory, () -> limited, () -> now);
    look(SECOND);
    assertThat(slot.settled()).isFalse();
  }

  /** A completion that no program saw, on a disk that is never quiet for long. */
  @Test
  void healsWhatTheKernelCompletedToTheByte() throws IOException {
    look(2 * SECOND);
    look(SECOND);
    assertThat(slot.settled()).isTrue();
    unit(7, 8);
    programs(Abi.D_WRITTEN, 4096);
    look(SECOND / 100);
    assertThat(unit(7)).as("under way, or waiting").isEqualTo(8);
    programs(Abi.D_WRITTEN, 8192);
    kernel(8, 1);
    look(SECOND / 100);
    assertThat(unit(7)).as("another is under way").isEqualTo(8);
    kernel(16, 0);
    look(SECOND / 100);
    assertThat(unit(7)).isZero();
  }

  /** The same, where no quiet instant of 100 ms ever came. */
  @Test
  void findsAnExactBaselineOnABusyDisk() throws IOException {
    for (int i = 1; i <= 100; i++) {
      programs(Abi.D_WRITTEN, 4096L * i);
      kernel(8L * i, 0);
      look(SECOND);
    }
    unit(7, 8);
    programs(Abi.D_WRITTEN, 4096L * 101);
    look(SECOND / 100);
    assertThat(unit(7)).isEqualTo(8);
    kernel(8L * 101, 0);
    look(SECOND / 100);
    assertThat(unit(7)).isZero();
  }

  @Test
  void aQueuedWriteThatTheKernelDoesNotKnowIsNoLoss() throws IOException {
    programs(Abi.D_WRITTEN, 4096);
    unit(3, 8);
    look(2 * SECOND);
    look(SECOND);
    assertThat(slot.settled()).isTrue();
    assertThat(unit(3)).isEqualTo(8);
    programs(Abi.D_COMPLETED, 4096);
    unit(3, 0);
    kernel(8, 0);
    assertThat(look(SECOND)).isTrue();
    look(SECOND);
    kernel(9, 0);
    assertThat(look(SECOND)).isFalse();
  }

  @Test
  void findsBytesThatWereNotCaptured() throws IOException {
    look(2 * SECOND);
    look(SECOND);
    assertThat(look(SECOND)).isTrue();
    programs(Abi.D_WRITTEN, 4096);
    kernel(8, 0);
    assertThat(look(SECOND)).as("all captured").isTrue();
    kernel(9, 0);
    assertThat(look(SECOND)).as("a sector too many").isFalse();
    assertThat(look(SECOND)).as("told once").isTrue();
    kernel(10, 0);
    assertThat(look(SECOND)).as("told again").isFalse();
  }

  /** A counter that went wrong before a baseline was found, on a disk with instants of rest. */
  @Test
  void takesOldWritesForCompleteWhereNothingIsUnderWayNow() throws IOException {
    DiskChanges changes = new DiskChanges(memory, slot);
    unit(2, 8);
    keepBusy(61);
    long since = now;
    assertThat(slot.settled()).isTrue();
    assertThat(changes.inFlight(8, since)).isTrue();
    keepBusy(59);
    assertThat(changes.inFlight(8, since)).isTrue();
    kernel(1 << 20, 0);
    look(2 * SECOND);
    assertThat(changes.inFlight(8, since)).isFalse();
    assertThat(changes.inFlight(8, now)).as("later ones").isTrue();
  }

  @Test
  void takesAWriteThatIsUnderWayForCompleteAfterTenMinutes() throws IOException {
    DiskChanges changes = new DiskChanges(memory, slot);
    unit(2, 8);
    keepBusy(61);
    long since = now;
    keepBusy(598);
    assertThat(changes.inFlight(8, since)).isTrue();
    keepBusy(3);
    assertThat(changes.inFlight(8, since)).isFalse();
  }

  /** Writes that a control group holds back are under way nowhere. */
  @Test
  void waitsForWritesThatAreHeldBack() throws IOException {
    limited = true;
    DiskChanges changes = new DiskChanges(memory, slot);
    keepBusy(590);
    assertThat(slot.settled()).isFalse();
    keepBusy(11);
    assertThat(slot.settled()).isTrue();
    unit(2, 8);
    long since = now;
    kernel(1 << 20, 0);
    for (int i = 0; i < 590; i++) {
      look(SECOND);
    }
    assertThat(changes.inFlight(8, since)).isTrue();
  }

  private void keepBusy(int seconds) throws IOException {
    for (int i = 0; i < seconds; i++) {
      programs(Abi.D_WRITTEN, now);
      kernel(8, 1);
      look(SECOND);
    }
  }
}
