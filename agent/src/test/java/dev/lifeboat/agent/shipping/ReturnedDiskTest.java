package dev.lifeboat.agent.shipping;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.wire.frame.Frame;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk that goes and returns between two looks is there at both. It is another to the kernel, its
 * change map is another one, and what was written to it meanwhile stands in no log.
 */
class ReturnedDiskTest {
  private static final int DISK = 512 * 1024;

  @TempDir Path directory;

  private final Random random = new Random(11);
  private Rig rig;

  @BeforeEach
  void make() {
    rig = new Rig(directory, 256 * 1024, () -> rig.now / 1_000_000);
    rig.markInterval = Duration.ofHours(1);
    rig.source.add(1, DISK).replace(content(DISK));
    rig.source.add(2, DISK).replace(content(DISK));
    rig.boot(1);
    rig.start();
    rig.settle();
    assertThat(rig.convergence.judge().consistent()).isTrue();
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private byte[] content(int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return bytes;
  }

  private void returns(int size) {
    rig.source.remove(1);
    rig.source.add(1, size).replace(content(size));
  }

  private void nextPointIsTheDisks() {
    MarkOrder order = rig.shipper.mark("", true);
    rig.settle();
    MarkId mark = order.uploaded().join().id();
    List<Frame> log = rig.server.held(mark.lineage()).frames.subList(0, (int) mark.sequence());
    assertThat(Replay.at(log, rig.sizes()))
        .allSatisfy((disk, bytes) -> assertThat(bytes).isEqualTo(rig.contents().get(disk)));
  }

  @Test
  void isReadAgain() {
    returns(DISK);
    nextPointIsTheDisks();
  }

  @Test
  void isReadAgainWhenItHasGrown() {
    returns(DISK + 64 * 1024);
    nextPointIsTheDisks();
  }

  @Test
  void marksItsLossesWhereTheyAreLookedFor() {
    returns(DISK);
    rig.settle();
    rig.source.overflowing(true);
    rig.source.write(1, 65536, content(4096));
    rig.source.overflowing(false);
    nextPointIsTheDisks();
  }

  @Test
  void saysThatItWasAway() {
    rig.readFails = true;
    returns(DISK);
    rig.convergence.refresh();
    assertThat(rig.convergence.progress().reason()).isEqualTo("disk 1 was away");
    assertThat(rig.convergence.consistent()).isFalse();
    rig.readFails = false;
  }

  /** Its writes come into the log at once, and the image is still of the disk before. */
  @Test
  void isInNoPointBeforeItWasLookedAt() {
    returns(DISK);
    rig.source.write(1, 0, content(4096));
    assertThat(rig.convergence.judge().consistent()).isFalse();
    assertThat(rig.convergence.judge().disks()).containsExactly(2);
  }
}
