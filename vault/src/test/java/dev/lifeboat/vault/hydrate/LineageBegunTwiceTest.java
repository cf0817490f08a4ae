package dev.lifeboat.vault.hydrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lifeboat.vault.blob.MemoryBlobStore;
import dev.lifeboat.vault.key.DataKey;
import dev.lifeboat.vault.point.AmbiguousPointException;
import dev.lifeboat.vault.point.LogView;
import dev.lifeboat.vault.point.LostPoint;
import dev.lifeboat.vault.point.PointId;
import dev.lifeboat.vault.point.RecoveryPoint;
import dev.lifeboat.vault.segment.LogWriter;
import dev.lifeboat.vault.segment.SegmentId;
import dev.lifeboat.vault.segment.SegmentLog;
import dev.lifeboat.vault.segment.Tip;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A vault may hold a lineage that was begun twice, another one between them: sequences and
 * positions of the two stretches are the same, what they mean is not.
 */
class LineageBegunTwiceTest {

  private static final int SECTORS = 64;
  private static final int SIZE = SECTORS * 512;
  private static final UUID TWICE = new UUID(5, 6);
  private static final UUID BETWEEN = new UUID(7, 8);

  /** Where a mark stands, whatever its id says. */
  private record Place(SegmentId segment, long sequence) {}

  @TempDir private Path folder;

  private final Map<Place, byte[]> images = new HashMap<>();
  private final DataKey key = DataKey.generate();
  private SegmentLog log = new SegmentLog(new MemoryBlobStore(), new UUID(1, 1));

  @Test
  void bringsEachPointBackFromItsOwnStretch() throws Exception {
    long seed = Long.getLong("lifeboat.seed", System.nanoTime());
    System.out.println("LineageBegunTwiceTest: -Dlifeboat.seed=" + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 20; round++) {
      images.clear();
      log = new SegmentLog(new MemoryBlobStore(), new UUID(1, round));
      boolean takenOver = round % 2 == 0;
      write(random, takenOver);
      check(takenOver);
    }
  }

  private void write(Random random, boolean takenOver) throws Exception {
    SegmentId next = stretch(random, new SegmentId(log.machine(), 1, 1), TWICE);
    next = stretch(random, next, BETWEEN);
    if (takenOver) {
      log.putTombstone(next);
      next = new SegmentId(log.machine(), 2, 1);
    }
    stretch(random, next, TWICE);
  }

  /** Writes a lineage from its beginning; tells the number behind it. */
  private SegmentId stretch(Random random, SegmentId next, UUID lineage) throws Exception {
    LogWriter writer = new LogWriter(log, key, next, Tip.beginning(lineage));
    writer.state(LogWriter.disk(0, SIZE));
    NaiveReplay model = new NaiveReplay();
    int changes = 5 + random.nextInt(20);
    for (int i = 0; i < changes; i++) {
      change(random, writer, model);
      if (i == changes - 1 || random.nextInt(4) == 0) {
        writer.mark(Instant.ofEpochSecond(images.size()), 0);
        images.put(
            new Place(writer.next(), writer.sequence()),
            model.at(writer.sequence(), writer.position(), 0, SIZE));
      }
      if (i == changes - 1 || random.nextInt(6) == 0) {
        writer.cut();
      }
    }
    return writer.next();
  }

  private static void change(Random random, LogWriter writer, NaiveReplay model) throws Exception {
    int offset = random.nextInt(SECTORS) * 512;
    byte[] content = new byte[Math.min(1 + random.nextInt(16), SECTORS - offset / 512) * 512];
    if (random.nextInt(4) == 0) {
      writer.unmap(0, offset, content.length);
    } else {
      random.nextBytes(content);
      writer.write(0, offset, content);
    }
    model.add(writer.sequence(), writer.position(), false, 0, offset, content);
  }

  private void check(boolean takenOver) throws Exception {
    HydrationSource source = HydrationSource.open(log, key);
    LogView view = source.view();
    assertThat(view.findings())
        .singleElement()
        .satisfies(finding -> assertThat(finding.what()).contains("begun again"));
    assertThat(view.points().size() + view.lost().size()).isEqualTo(images.size());
    if (takenOver) {
      assertThat(view.lost()).as("another epoch gives other ids").isEmpty();
    }
    for (RecoveryPoint point : view.points()) {
      assertThat(hydrate(source, point))
          .describedAs("point %s in %s", point.id(), point.segment())
          .isEqualTo(images.get(new Place(point.segment(), point.id().sequence())));
    }
  }

  @Test
  void losesTheOlderOfTwoPointsOfOneId_andRefusesTheId() throws Exception {
    byte[] older = content(1);
    byte[] newer = content(2);
    SegmentId next = point(new SegmentId(log.machine(), 1, 1), TWICE, older);
    next = point(next, BETWEEN, older);
    SegmentId again = next;
    point(again, TWICE, newer);

    HydrationSource source = HydrationSource.open(log, key);
    LogView view = source.view();
    PointId id = new PointId(TWICE, 1, 3);
    assertThat(view.points()).extracting(p -> p.id().lineage()).containsExactly(BETWEEN, TWICE);
    assertThat(view.lost()).containsExactly(new LostPoint(id, Instant.EPOCH, again.blobName()));
    assertThatThrownBy(() -> view.byId(id))
        .isInstanceOf(AmbiguousPointException.class)
        .hasMessageContaining(id + " names two");
    assertThat(view.byId(new PointId(BETWEEN, 1, 3))).isPresent();
    assertThat(view.byId(new PointId(TWICE, 1, 4))).isEmpty();
    Optional<RecoveryPoint> latest = view.latest();
    assertThat(latest).hasValueSatisfying(p -> assertThat(p.id()).isEqualTo(id));
    assertThat(hydrate(source, latest.orElseThrow())).isEqualTo(newer);
  }

  @Test
  void neverGoesOnWithTheOneWhatTheOtherBegan() throws Exception {
    SegmentId next = point(new SegmentId(log.machine(), 1, 1), TWICE, content(1));
    String before = identity();
    next = point(next, BETWEEN, content(1));
    point(next, TWICE, content(2));
    assertThat(identity()).isNotEqualTo(before);
  }

  private String identity() throws Exception {
    HydrationSource source = HydrationSource.open(log, key);
    return hydration(source, source.view().latest().orElseThrow()).identity();
  }

  private static byte[] content(int value) {
    byte[] content = new byte[SIZE];
    Arrays.fill(content, (byte) value);
    return content;
  }

  /** A lineage that is a state, one write and a mark. */
  private SegmentId point(SegmentId next, UUID lineage, byte[] content) throws Exception {
    LogWriter writer = new LogWriter(log, key, next, Tip.beginning(lineage));
    writer.state(LogWriter.disk(0, SIZE)).write(0, 0, content).mark(Instant.EPOCH, 0);
    writer.cut();
    return writer.next();
  }

  private static Hydration hydration(HydrationSource source, RecoveryPoint point)
      throws TargetException {
    return new Hydration(source, point, 0, new Hydration.Settings(1024, 2));
  }

  private byte[] hydrate(HydrationSource source, RecoveryPoint point) throws Exception {
    Hydration hydration = hydration(source, point);
    Path file = folder.resolve("image");
    try (FileTarget target = FileTarget.raw(file, hydration.size(), FileTarget.Existing.REPLACE)) {
      hydration.run(
          target,
          HydrationProgress.fresh(
              folder.resolve("progress"), hydration.identity(), Clock.systemUTC(), _ -> {}));
      target.finish();
    }
    return Files.readAllBytes(file);
  }
}
