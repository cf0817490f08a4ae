package dev.lifeboat.vault.head;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.vault.blob.BlobException;
import dev.lifeboat.vault.blob.MemoryBlobStore;
import dev.lifeboat.vault.key.DataKey;
import dev.lifeboat.vault.point.LogView;
import dev.lifeboat.vault.point.LogWalk;
import dev.lifeboat.vault.segment.LogWriter;
import dev.lifeboat.vault.segment.SealedSegment;
import dev.lifeboat.vault.segment.SegmentLog;
import dev.lifeboat.vault.segment.Tip;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

/**
 * Owners that take a machine from each other, interleaved at every call they make to the blob
 * service, one at a time in an order that a seed decides, with requests and answers that are lost.
 */
class TakeoverRaceTest {

  private static final UUID MACHINE = new UUID(1, 1);
  private static final UUID LINEAGE = new UUID(2, 2);

  /** Lets one of the owners' threads at a time make its next call. */
  private static final class Scheduler implements MemoryBlobStore.Faults {
    private static final ThreadLocal<Owner> CURRENT = new ThreadLocal<>();

    private final Random random;
    private final int lossPercent;
    private final List<Owner> owners = new ArrayList<>();

    private final Semaphore arrived = new Semaphore(0);

    Scheduler(long seed, int lossPercent) {
      this.random = new Random(seed);
      this.lossPercent = lossPercent;
    }

    @Override
    public void before(String call, String name) throws IOException {
      pause();
      lose("request");
    }

    @Override
    public void after(String call, String name) throws IOException {
      lose("answer");
    }

    private void lose(String what) throws IOException {
      if (CURRENT.get() != null && random.nextInt(100) < lossPercent) {
        throw new BlobException(BlobException.Reason.UNREACHABLE, what + " lost");
      }
    }

    private void pause() {
      Owner owner = CURRENT.get();
      if (owner != null) {
        arrived.release();
        owner.turn.acquireUninterruptibly();
      }
    }

    void run(List<Owner> all) throws Exception {
      owners.addAll(all);
      CountDownLatch ready = new CountDownLatch(all.size());
      for (Owner owner : all) {
        owner.thread =
            Thread.ofPlatform()
                .start(() -> {
                  CURRENT.set(owner);
                  ready.countDown();
                  owner.turn.acquireUninterruptibly();
                  owner.live();
                  owner.ended = true;
                  arrived.release();
                });
      }
      ready.await();
      while (true) {
        List<Owner> left = owners.stream().filter(o -> !o.ended).toList();
        if (left.isEmpty()) {
          break;
        }
        left.get(random.nextInt(left.size())).turn.release();
        arrived.acquire();
      }
      for (Owner owner : all) {
        owner.thread.join();
      }
    }
  }

  /** A process server: takes the machine, appends a few segments, perhaps takes it again. */
  private static final class Owner {
    private final Semaphore turn = new Semaphore(0);
    private final UUID id = UUID.randomUUID();
    private final Takeover takeover;
    private final SegmentLog log;
    private final DataKey key;
    private final List<SealedSegment> stored;
    private volatile Thread thread;
    private volatile boolean ended;

    Owner(MemoryBlobStore heads, SegmentLog log, DataKey key, List<SealedSegment> stored) {
      this.takeover = new Takeover(new Heads(heads));
      this.log = log;
      this.key = key;
      this.stored = stored;
    }

    void live() {
      for (int life = 0; life < 2; life++) {
        try {
          Ownership owned = takeover.take(log, id, key);
          append(owned);
        } catch (IOException expected) {
          // The service lost a call: a process server would try again, which the next life does.
        }
      }
    }

    private void append(Ownership owned) throws IOException {
      Tip tip = owned.tip().isNothing() ? Tip.beginning(LINEAGE) : owned.tip();
      LogWriter writer = new LogWriter(log, key, owned.next(), tip);
      for (int i = 0; i < 3; i++) {
        if (tip.sequence() == 0 && i == 0) {
          writer.state(LogWriter.disk(0, 1 << 20));
        }
        writer.write(0, 0, new byte[512]).mark(Instant.EPOCH, 0);
        SealedSegment segment = writer.finish();
        if (!(log.put(segment) instanceof SegmentLog.Put.Stored)) {
          return;
        }
        stored.add(segment);
      }
    }
  }

  @Test
  void leavesOneUnbrokenLog_whateverTheOrder() throws Exception {
    long seed = Long.getLong("lifeboat.seed", System.nanoTime());
    System.out.println("TakeoverRaceTest: -Dlifeboat.seed=" + seed);
    Random seeds = new Random(seed);
    for (int round = 0; round < 400; round++) {
      race(seeds.nextLong(), round % 3 == 0 ? 0 : 5, 2 + round % 2);
    }
  }

  private static void race(long seed, int lossPercent, int count) throws Exception {
    MemoryBlobStore store = new MemoryBlobStore();
    MemoryBlobStore heads = new MemoryBlobStore();
    new Heads(heads).create(MACHINE, Head.fresh());
    SegmentLog log = new SegmentLog(store, MACHINE);
    DataKey key = DataKey.generate();
    Scheduler scheduler = new Scheduler(seed, lossPercent);
    store.faults(scheduler);
    heads.faults(scheduler);
    List<SealedSegment> stored = Collections.synchronizedList(new ArrayList<>());
    List<Owner> owners = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      owners.add(new Owner(heads, log, key, stored));
    }
    scheduler.run(owners);
    store.faults(new MemoryBlobStore.Faults() {});
    heads.faults(new MemoryBlobStore.Faults() {});

    // One more owner settles what the others left; then the log must be whole: every sequence
    // once, and every segment that an owner was told is stored is part of it.
    new Takeover(new Heads(heads)).take(log, UUID.randomUUID(), key);
    LogView view = LogWalk.footers(log, key);
    String story = "seed " + seed + ", blobs " + store.names();
    assertThat(view.findings()).describedAs(story).isEmpty();
    assertThat(view.lost()).describedAs(story).isEmpty();
    long expected = 1;
    for (var segment : view.segments()) {
      assertThat(segment.header().firstSequence()).describedAs(story).isEqualTo(expected);
      expected = segment.header().lastSequence() + 1;
    }
    assertThat(view.segments().stream().map(s -> s.header().uploadId()))
        .describedAs(story)
        .containsAll(stored.stream().map(s -> s.header().uploadId()).toList());
  }

  @Test
  void doesNotCountWhatStandsBehindATombstone() throws Exception {
    MemoryBlobStore store = new MemoryBlobStore();
    SegmentLog log = new SegmentLog(store, MACHINE);
    DataKey key = DataKey.generate();
    LogWriter writer = new LogWriter(log, key, 1, LINEAGE);
    writer.state(LogWriter.disk(0, 1 << 20)).mark(Instant.EPOCH, 0);
    writer.cut();
    SealedSegment second = writer.mark(Instant.EPOCH, 0).finish();
    SealedSegment third = writer.mark(Instant.EPOCH, 0).finish();
    log.putTombstone(second.header().id());
    assertThat(log.put(third)).isInstanceOf(SegmentLog.Put.Stored.class);
    LogView view = LogWalk.footers(log, key);
    assertThat(view.points()).hasSize(1);
    assertThat(view.lost()).isEmpty();
  }

  @Test
  void keepsItsEpoch_whenTheOwnerComesBack() throws Exception {
    MemoryBlobStore heads = new MemoryBlobStore();
    new Heads(heads).create(MACHINE, Head.fresh());
    SegmentLog log = new SegmentLog(new MemoryBlobStore(), MACHINE);
    DataKey key = DataKey.generate();
    Takeover takeover = new Takeover(new Heads(heads));
    UUID owner = UUID.randomUUID();
    Ownership first = takeover.take(log, owner, key);
    LogWriter writer = new LogWriter(log, key, first.next(), Tip.beginning(LINEAGE));
    Tip tip = writer.state().finishAndPut();
    Ownership again = takeover.take(log, owner, key);
    assertThat(again.epoch()).isEqualTo(1);
    assertThat(again.tip()).isEqualTo(tip);
    assertThat(again.next().number()).isEqualTo(2);
    assertThat(takeover.take(log, UUID.randomUUID(), key).epoch()).isEqualTo(2);
  }

  @Test
  void knowsTheLastMarkOfTheLineage_howeverFarBackItIs() throws Exception {
    MemoryBlobStore heads = new MemoryBlobStore();
    new Heads(heads).create(MACHINE, Head.fresh());
    SegmentLog log = new SegmentLog(new MemoryBlobStore(), MACHINE);
    DataKey key = DataKey.generate();
    Takeover takeover = new Takeover(new Heads(heads));
    Ownership owned = takeover.take(log, UUID.randomUUID(), key);
    assertThat(owned.lastMark()).isEmpty();
    LogWriter writer = new LogWriter(log, key, owned.next(), Tip.beginning(LINEAGE));
    writer.state(LogWriter.disk(0, 1 << 20)).mark(Instant.ofEpochSecond(5), 0);
    writer.mark(Instant.ofEpochSecond(9), 0).cut();
    writer.write(0, 0, new byte[512]).cut();
    Tip tip = writer.write(0, 512, new byte[512]).finishAndPut();

    owned = takeover.take(log, UUID.randomUUID(), key);
    assertThat(owned.tip()).isEqualTo(tip);
    assertThat(owned.lastMark().orElseThrow().time()).isEqualTo(Instant.ofEpochSecond(9));

    UUID other = new UUID(8, 8);
    writer = new LogWriter(log, key, owned.next(), Tip.beginning(other));
    writer.state(LogWriter.disk(0, 1 << 20)).cut();
    owned = takeover.take(log, UUID.randomUUID(), key);
    assertThat(owned.tip().lineage()).isEqualTo(other);
    assertThat(owned.lastMark()).as("marks of another lineage say nothing").isEmpty();
  }
}
