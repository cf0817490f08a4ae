package dev.lifeboat.agent.shipping;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.wire.frame.Frame;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A lineage is one history: whatever copy the machine is reverted to, none is begun twice. */
class RevertTest {
  private static final int DISK = 512 * 1024;

  @TempDir Path directory;

  private Rig rig;
  private int written;

  @BeforeEach
  void make() {
    rig = new Rig(directory, 256 * 1024, () -> rig.now / 1_000_000);
    rig.markInterval = Duration.ofHours(1);
    rig.source.add(1, DISK);
    rig.boot(1);
    rig.start();
  }

  @AfterEach
  void close() {
    rig.close();
  }

  /** Writes, comes to rest, and the point there is the disk. */
  private UUID goesOn() {
    written++;
    byte[] bytes = new byte[4096];
    Arrays.fill(bytes, (byte) written);
    rig.source.write(1, written * 8192L, bytes);
    MarkOrder order = rig.shipper.mark("", true);
    rig.settle();
    MarkId mark = order.uploaded().join().id();
    assertThat(mark.lineage()).isEqualTo(rig.lineage.lineage());
    assertThat(rig.server.current()).contains(mark.lineage());
    List<Frame> log = rig.server.held(mark.lineage()).frames.subList(0, (int) mark.sequence());
    assertThat(Replay.at(log, rig.sizes()).get(1)).isEqualTo(rig.contents().get(1));
    return mark.lineage();
  }

  private UUID reboots() {
    rig.kill();
    rig.boot(rig.lineage.boot() + 1);
    rig.start();
    return goesOn();
  }

  private UUID revertsTo(MachineCopy copy) {
    copy.restore(rig);
    rig.start();
    return goesOn();
  }

  @Test
  void secondRevertToOneCopyBeginsAThirdLineage() {
    UUID first = goesOn();
    MachineCopy copy = MachineCopy.of(rig);
    assertThat(reboots()).isEqualTo(first);
    UUID second = revertsTo(copy);
    assertThat(second).isNotEqualTo(first);
    UUID third = revertsTo(copy);
    assertThat(third).isNotIn(first, second);
    assertThat(revertsTo(copy)).isNotIn(first, second, third);
    assertThat(rig.server.refused()).as("an ended lineage is not even offered").isZero();
  }

  /** Where nothing was acknowledged before the copy was made, only the server knows. */
  @Test
  void lineageThatTheServerRefusesIsLeftForAnother() {
    MachineCopy copy = MachineCopy.of(rig);
    UUID first = goesOn();
    assertThat(reboots()).isEqualTo(first);
    UUID second = revertsTo(copy);
    assertThat(second).isNotEqualTo(first);
    int before = rig.server.refused();
    assertThat(revertsTo(copy)).isNotIn(first, second);
    assertThat(rig.server.refused()).isGreaterThan(before);
  }

  @Test
  void lineageThatWasLostWithAllItsServersIsNotBegunAgain() {
    UUID first = goesOn();
    rig.server.wipe();
    assertThat(goesOn()).isNotEqualTo(first);
  }

  @Test
  void lineageThatNeverCameToTheVaultIsNotBegunAgain() {
    UUID first = goesOn();
    MachineCopy copy = MachineCopy.of(rig);
    reboots();
    copy.restore(rig);
    rig.start();
    for (int i = 0; i < 200; i++) {
      rig.now += 5_000_000;
      rig.shipper.step();
      rig.server.deliverAll();
      rig.server.acknowledge();
    }
    UUID second = rig.lineage.lineage();
    assertThat(rig.server.current()).contains(second);
    rig.server.loseCache();
    assertThat(rig.server.current()).contains(first);
    assertThat(goesOn()).isNotIn(first, second);
  }

  @Test
  void serverThatTakesNoLineageIsNotAskedAtTheSpeedOfTheLink() {
    rig.server.taking(false);
    Set<UUID> offered = new HashSet<>();
    for (int i = 0; i < 2_000; i++) {
      rig.now += 5_000_000;
      rig.shipper.step();
      rig.server.deliverAll();
      rig.server.acknowledge();
      offered.add(rig.lineage.lineage());
    }
    assertThat(offered).as("in ten seconds").hasSizeBetween(3, 10);
    rig.server.taking(true);
    goesOn();
  }
}
