package dev.lifeboat.vault.point;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.vault.blob.MemoryBlobStore;
import dev.lifeboat.vault.key.DataKey;
import dev.lifeboat.vault.segment.LogWriter;
import dev.lifeboat.vault.segment.SegmentLog;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PointsTest {

  private static final UUID MACHINE = new UUID(1, 1);

  private final MemoryBlobStore store = new MemoryBlobStore();
  private final SegmentLog log = new SegmentLog(store, MACHINE);
  private final DataKey key = DataKey.generate();
  private final AtomicInteger reads = new AtomicInteger();

  private void segments(LogWriter writer, int count) throws Exception {
    for (int i = 0; i < count; i++) {
      writer.write(1, 0, new byte[512]);
      writer.mark(Instant.EPOCH.plusSeconds(i), 1);
      var _ = writer.cut();
    }
  }

  @Test
  void looksAgain_readingWhatIsNew_andSeeingWhatIsGone() throws Exception {
    store.faults(
        new MemoryBlobStore.Faults() {
          @Override
          public void before(String call, String name) {
            reads.addAndGet(call.equals("read") ? 1 : 0);
          }
        });
    LogWriter writer = new LogWriter(log, key, 1, new UUID(2, 2));
    writer.state(LogWriter.disk(1, 1 << 20));
    segments(writer, 5);
    Points points = new Points(store, MACHINE, key);
    assertThat(points.look().points()).hasSize(5);
    int first = reads.getAndSet(0);
    assertThat(first).isPositive();
    assertThat(points.look().points()).hasSize(5);
    assertThat(reads).hasValue(0);

    segments(writer, 1);
    assertThat(points.look()).isEqualTo(new Points(store, MACHINE, key).look());
    assertThat(points.look().points()).hasSize(6);
    assertThat(reads.getAndSet(0)).isEqualTo(first / 5 * (1 + 6));

    log.putTombstone(writer.next());
    assertThat(points.look().points()).hasSize(6);
    assertThat(reads.getAndSet(0)).isEqualTo(1);

    store.remove(log.list().get(2).id().blobName());
    assertThat(points.look().points()).as("points behind a hole are lost").hasSize(2);
    assertThat(reads).hasValue(0);
  }
}
