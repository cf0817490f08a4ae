package dev.lifeboat.agent.shipping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.FrameKind;
import dev.lifeboat.wire.frame.MarkBody;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a mark counts: the table in docs/operations/agent.md, row by row. */
class MarksTest {
  private static final int DISK = 512 * 1024;
  private static final int RING = 256 * 1024;

  @TempDir Path directory;

  private Rig rig;

  @BeforeEach
  void make() {
    rig = new Rig(directory, RING, () -> rig.now / 1_000_000);
    rig.markInterval = Duration.ofHours(1);
    rig.source.add(1, DISK);
    rig.boot(1);
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private void consistent() {
    rig.start();
    rig.settle();
    assertThat(rig.convergence.consistent()).isTrue();
  }

  private MarkOrder order(String label) {
    return rig.shipper.mark(label, false);
  }

  /** Ships and acknowledges, without anything coming into the vault. */
  private void ship() {
    for (int i = 0; i < 40; i++) {
      rig.now += 5_000_000;
      rig.shipper.step();
      rig.server.deliverAll();
      rig.server.acknowledge();
    }
  }

  private void upload() {
    rig.server.upload(Integer.MAX_VALUE);
    rig.server.acknowledge();
    rig.shipper.step();
  }

  private void write(int at, int value) {
    byte[] bytes = new byte[4096];
    Arrays.fill(bytes, (byte) value);
    rig.source.write(1, at, bytes);
  }

  private List<Frame> marks() {
    return rig.appended.stream().filter(frame -> frame.header().kind() == FrameKind.MARK).toList();
  }

  private Frame frame(LoggedMark mark) {
    return rig.server.held(mark.id().lineage()).frames.get((int) mark.id().sequence() - 1);
  }

  private static MarkBody body(Frame frame) throws Exception {
    return MarkBody.decode(frame.raw());
  }

  private static void assertRefused(CompletableFuture<LoggedMark> answer, String reason) {
    assertThat(answer).isCompletedExceptionally();
    assertThatThrownBy(answer::join)
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the machine is converging: " + reason);
  }

  // ---- position ----

  @Test
  void standsBehindEveryWriteBeforeItAndNoneBehind() throws Exception {
    consistent();
    write(0, 1);
    MarkOrder order = order("here");
    assertThat(order.position()).isEmpty();
    rig.shipper.step();
    assertThat(order.position()).hasValue(rig.source.producerPosition());
    write(8192, 2);
    ship();
    LoggedMark mark = order.logged().join();
    assertThat(mark.position()).isEqualTo(order.position().orElseThrow());
    assertThat(mark.label()).isEqualTo("here");
    assertThat(frame(mark).header().span().to()).isEqualTo(mark.position());
    List<Frame> log = rig.server.held(mark.id().lineage()).frames;
    Map<Integer, byte[]> there = Replay.at(log.subList(0, (int) mark.id().sequence()), rig.sizes());
    assertThat(there.get(1)[0]).isEqualTo((byte) 1);
    assertThat(there.get(1)[8192]).isZero();
    assertThat(rig.contents().get(1)[8192]).isEqualTo((byte) 2);
  }

  @Test
  void standsInTheLogOnceDurableAndIsAPointOnceUploaded() {
    consistent();
    MarkOrder order = order("");
    rig.shipper.step();
    assertThat(order.logged()).isNotDone();
    ship();
    assertThat(order.logged()).isCompleted();
    assertThat(order.uploaded()).isNotDone();
    upload();
    assertThat(order.uploaded().join()).isEqualTo(order.logged().join());
  }

  @Test
  void isTakenAnewWhenTheServerIsLostBeforeTheUpload() {
    consistent();
    write(0, 1);
    MarkOrder impatient = order("given up");
    MarkOrder order = rig.shipper.mark("kept", true);
    ship();
    assertThat(impatient.logged()).isCompleted();
    LoggedMark logged = order.logged().join();
    rig.server.loseCache();
    rig.settle();
    LoggedMark uploaded = order.uploaded().join();
    assertThat(uploaded.id().epoch()).isEqualTo(logged.id().epoch() + 1);
    assertThat(uploaded.label()).isEqualTo("kept");
    assertRefused(impatient.uploaded(), "the log before was not kept");
    assertThat(frame(uploaded).header().kind()).isEqualTo(FrameKind.MARK);
  }

  // ---- loss counter ----

  @Test
  void isRefusedFromTheVeryMomentOfALoss() {
    consistent();
    rig.source.overflowing(true);
    write(0, 1);
    rig.source.overflowing(false);
    // Nobody has looked at the maps since: the counter alone tells.
    MarkOrder order = order("too late");
    rig.shipper.step();
    assertRefused(order.logged(), "writes were not kept whole");
    assertRefused(order.uploaded(), "writes were not kept whole");
  }

  @Test
  void isRefusedWhenTheKernelSkippedAWrite() {
    consistent();
    rig.source.hiding(true);
    write(0, 1);
    rig.source.hiding(false);
    ship();
    MarkOrder order = order("");
    rig.server.cut();
    rig.shipper.step();
    assertThat(order.logged()).isNotDone();
    rig.settle();
    assertThat(order.uploaded()).as("behind the pass that answered the loss").isCompleted();
  }

  // ---- dirty ranges ----

  @Test
  void waitsUntilADeferredRangeWasReadAgain() {
    consistent();
    rig.source.complete(rig.source.issueDeferred(1, 65536, new byte[65536]));
    MarkOrder impatient = order("");
    MarkOrder patient = rig.shipper.mark("patient", true);
    rig.shipper.step();
    assertRefused(impatient.logged(), "writes were not kept whole");
    assertThat(patient.logged()).isNotDone();
    rig.settle();
    assertThat(patient.uploaded().join().label()).isEqualTo("patient");
  }

  // ---- converging ----

  @Test
  void isNoneBeforeTheFirstCopyIsThere() throws Exception {
    rig.readFails = true;
    rig.start();
    ship();
    MarkOrder impatient = order("");
    MarkOrder patient = rig.shipper.mark("first", true);
    ship();
    assertRefused(impatient.logged(), "disk 1 cannot be read");
    assertThat(patient.logged()).isNotDone();
    assertThat(marks()).isEmpty();
    rig.readFails = false;
    rig.settle();
    assertThat(body(frame(patient.uploaded().join())).consistent()).isTrue();
  }

  @Test
  void leavesOutANewDiskUntilItIsEqual() throws Exception {
    consistent();
    rig.readFails = true;
    rig.source.add(2, DISK);
    ship();
    MarkOrder without = order("");
    ship();
    assertThat(body(frame(without.logged().join())).disks()).containsExactly(1);
    rig.readFails = false;
    rig.settle();
    MarkOrder with = order("");
    ship();
    assertThat(body(frame(with.logged().join())).disks()).containsExactlyInAnyOrder(1, 2);
  }

  @Test
  void isTakenAnewWhenBlocksBeforeItWereLostUnderWay() throws Exception {
    consistent();
    rig.source.complete(rig.source.issueDeferred(1, 65536, new byte[65536]));
    // The pass is read and sent, and the mark behind it waits: then all of it is lost.
    for (int i = 0; i < 8; i++) {
      rig.now += 25_000_000;
      rig.shipper.step();
    }
    assertThat(rig.convergence.consistent()).isTrue();
    MarkOrder order = rig.shipper.mark("", true);
    rig.shipper.step();
    long taken = order.position().orElseThrow();
    rig.server.cut();
    rig.settle();
    LoggedMark mark = order.uploaded().join();
    assertThat(mark.position()).isGreaterThanOrEqualTo(taken);
    List<Frame> log = rig.server.held(mark.id().lineage()).frames;
    assertThat(
            log.subList(0, (int) mark.id().sequence()).stream()
                .filter(frame -> frame.header().kind() == FrameKind.BASE)
                .map(frame -> frame.header().span().from())
                .toList())
        .as("the block that was read again stands before the mark")
        .anyMatch(from -> from >= taken);
    assertThat(body(frame(mark)).consistent()).isTrue();
  }

  // ---- journal ----

  private MarkOrder inJournal() {
    consistent();
    rig.server.reachable(false);
    for (int i = 0; i < 40; i++) {
      write(i * 4096, 7);
      rig.now += 25_000_000;
      rig.shipper.step();
    }
    assertThat(rig.shipper.status().journalFiles()).isPositive();
    MarkOrder order = order("in the journal");
    for (int i = 0; i < 4; i++) {
      rig.now += 25_000_000;
      rig.shipper.step();
    }
    assertThat(order.position()).isPresent();
    assertThat(order.logged()).isNotDone();
    return order;
  }

  @Test
  void travelsByTheJournalWhileTheServerIsAway() throws Exception {
    MarkOrder order = inJournal();
    long taken = order.position().orElseThrow();
    write(0, 9);
    rig.server.reachable(true);
    rig.now += 60_000_000_000L;
    rig.settle();
    LoggedMark mark = order.uploaded().join();
    assertThat(mark.position()).isEqualTo(taken);
    assertThat(body(frame(mark)).label()).isEqualTo("in the journal");
    assertThat(body(frame(mark)).consistent()).isTrue();
  }

  @Test
  void isNoPointWhenItsAgentDiedBeforeItWasSent() throws Exception {
    MarkOrder order = inJournal();
    long taken = order.position().orElseThrow();
    rig.kill();
    rig.server.reachable(true);
    rig.start();
    rig.now += 60_000_000_000L;
    rig.settle();
    Frame old =
        marks().stream()
            .filter(frame -> frame.header().span().to() == taken)
            .findFirst()
            .orElseThrow();
    assertThat(body(old).label()).isEqualTo("in the journal");
    assertThat(body(old).consistent()).as("who knew what it stood on is gone").isFalse();
    assertThat(body(marks().getLast()).consistent()).isTrue();
  }

  // ---- orders ----

  @Test
  void oneMarkHasOneLabel() throws Exception {
    consistent();
    int before = marks().size();
    List<MarkOrder> orders = List.of(order("a"), order("b"), order("a"), order(""));
    ship();
    List<LoggedMark> logged = orders.stream().map(order -> order.logged().join()).toList();
    assertThat(logged).extracting(LoggedMark::label).containsExactly("a", "b", "a", "");
    assertThat(logged.get(0)).isEqualTo(logged.get(2));
    assertThat(marks()).hasSize(before + 3);
    for (LoggedMark mark : logged) {
      assertThat(body(frame(mark)).label()).isEqualTo(mark.label());
    }
  }

  @Test
  void isNotTakenForSomebodyWhoLeft() {
    consistent();
    int before = marks().size();
    rig.server.reachable(false);
    rig.shipper.step();
    MarkOrder order = order("left");
    rig.shipper.step();
    assertThat(order.position()).isEmpty();
    order.abandon();
    rig.server.reachable(true);
    rig.now += 60_000_000_000L;
    rig.settle();
    assertThat(marks()).hasSize(before);
    assertThat(order.logged()).isNotDone();
  }

  @Test
  void quietMachineNeedsNoNewMarkButGetsOneOnDemand() {
    rig.markInterval = Duration.ofMillis(10);
    consistent();
    int before = marks().size();
    assertThat(before).isPositive();
    ship();
    assertThat(marks()).hasSize(before);
    MarkOrder order = order("");
    ship();
    assertThat(order.logged()).isCompleted();
    assertThat(marks()).hasSize(before + 1);
    write(0, 1);
    ship();
    assertThat(marks()).hasSize(before + 2);
  }

  @Test
  void anotherIntervalCountsFromWhenItIsSet() {
    consistent();
    write(0, 1);
    ship();
    int before = marks().size();
    rig.markInterval = Duration.ofMillis(50);
    ship();
    assertThat(marks()).hasSize(before + 1);
    rig.markInterval = Duration.ofHours(1);
    ship();
    write(4096, 2);
    ship();
    assertThat(marks()).as("the long one holds again").hasSize(before + 1);
  }
}
