package dev.lifeboat.agent.capture;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lifeboat.agent.capture.KernelObjects.Part;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DiskChangesTest {
  private static final int GRANULES = 1003;
  private static final long SIZE = GRANULES * (long) ChangeMap.GRANULE - 512;

  private final FakeMemory memory = new FakeMemory();
  private Slot slot;
  private DiskChanges changes;

  @BeforeEach
  void assign() {
    slot = new Slot(memory.of(Part.DIRECTORY), 3);
    slot.assign(9, new BlockDevice(Path.of("/dev/x"), Path.of("/sys/x"), 77, SIZE, 512), 64);
    slot.state(Slot.USED);
    slot.settled(true);
    changes = new DiskChanges(memory, slot);
  }

  @Test
  void marksWhatARangeTouches() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    BitSet model = new BitSet();
    for (int i = 0; i < 2000; i++) {
      if (random.nextBoolean()) {
        long offset = random.nextLong(SIZE);
        long length = random.nextLong(Math.min(SIZE - offset, 1 << 20) + 1);
        changes.mark(offset, length);
        if (length > 0) {
          model.set(
              (int) (offset / ChangeMap.GRANULE),
              (int) ((offset + length - 1) / ChangeMap.GRANULE) + 1);
        }
      } else {
        int granule = random.nextInt(GRANULES);
        changes.clear(granule);
        model.clear(granule);
      }
      int from = random.nextInt(GRANULES);
      assertThat(changes.next(from)).isEqualTo(model.nextSetBit(from));
    }
    assertThat(changes.dirty()).isEqualTo(model.cardinality());
    assertThat(changes.granules()).isEqualTo(GRANULES);
  }

  @Test
  void refusesRangesThatNoDiskHas() {
    assertThatThrownBy(() -> changes.mark(-1, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> changes.mark(0, -1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void marksNothingBehindTheEndOfADiskThatShrank() {
    changes.mark(1L << 40, 1);
    changes.shipped(1L << 40, 1);
    assertThat(changes.dirty()).isZero();
    changes.mark(SIZE - 1, 1L << 40);
    assertThat(changes.dirty()).isEqualTo(1);
    assertThat(changes.next(0)).isEqualTo(GRANULES - 1);
  }

  @Test
  void forgetsTheOlderGenerationOnly() {
    changes.shipped(0, 1);
    changes.turn();
    changes.shipped(ChangeMap.GRANULE, 1);
    changes.turn();
    changes.shipped(2 * ChangeMap.GRANULE, 1);
    changes.reclaim();
    assertThat(changes.next(0)).isEqualTo(1);
    assertThat(changes.next(2)).isEqualTo(2);
    assertThat(changes.dirty()).isEqualTo(2);
    changes.clear(1);
    changes.clear(2);
    changes.reclaim();
    assertThat(changes.dirty()).isZero();
  }

  @Test
  void shippedOutlivesTheProcess() {
    changes.shipped(0, 1);
    changes.turn();
    DiskChanges later = new DiskChanges(memory, new Slot(memory.of(Part.DIRECTORY), 3));
    later.shipped(5L * ChangeMap.GRANULE, 1);
    later.reclaim();
    assertThat(later.dirty()).isEqualTo(2);
  }

  @Test
  void saysInFlightWhereItIsNotSure() {
    assertThat(changes.inFlight(5)).isFalse();
    long unit = (3L << Abi.UNITS_SHIFT) + 1;
    memory.of(Part.FLIGHT).set(JAVA_INT, unit * 4, 8);
    assertThat(changes.inFlight(4)).isTrue();
    assertThat(changes.inFlight(7)).isTrue();
    assertThat(changes.inFlight(8)).isFalse();
    memory.of(Part.FLIGHT).set(JAVA_INT, unit * 4, -8);
    assertThat(changes.inFlight(4)).isTrue();
    assertThat(changes.inFlight(4, 50)).isTrue();
    slot.completeBefore(50);
    assertThat(changes.inFlight(4, 50)).isTrue();
    assertThat(changes.inFlight(4, 49)).isFalse();
    memory.of(Part.FLIGHT).set(JAVA_INT, unit * 4, 0);
    memory.of(Part.PER_DISK).set(JAVA_LONG, (3 << Abi.DISK_SHIFT) + Abi.D_ZEROES_IN_FLIGHT, 1);
    assertThat(changes.inFlight(900)).isTrue();
    memory.of(Part.PER_DISK).set(JAVA_LONG, (3 << Abi.DISK_SHIFT) + Abi.D_ZEROES_IN_FLIGHT, 0);
    slot.settled(false);
    assertThat(changes.inFlight(900)).isTrue();
  }
}
