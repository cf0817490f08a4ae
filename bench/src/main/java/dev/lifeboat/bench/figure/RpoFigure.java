package dev.lifeboat.bench.figure;

import dev.lifeboat.bench.Figure;
import dev.lifeboat.bench.Row;
import dev.lifeboat.bench.Samples;
import dev.lifeboat.bench.blob.BlobService;
import dev.lifeboat.wire.frame.Codec;
import dev.lifeboat.wire.frame.Frame;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.LockSupport;

/** How old the newest point is while a machine writes steadily. */
public final class RpoFigure implements Figure {
  private static final double RATE = 54e6;
  private static final int WRITE = 64 << 10;
  private static final int SECONDS = 8;
  private static final int WARM_SECONDS = 2;
  private static final long DISK = 8L << 30;

  @Override
  public String name() {
    return "rpo";
  }

  @Override
  public String title() {
    return "age of the newest point under 54 MB/s of random 64 KiB writes, p99";
  }

  @Override
  public List<Row> measure(Path work, int runs) throws IOException, InterruptedException {
    byte[] content = RealFiles.bytes(128 << 20);
    List<Double> p99 = new ArrayList<>();
    List<Double> median = new ArrayList<>();
    for (int i = 0; i < runs; i++) {
      Samples delays = pass(work.resolve("pass" + i), content);
      p99.add(delays.percentile(99));
      median.add(delays.median());
    }
    return List.of(
        new Row(
            "RPO under 54 MB/s, p99",
            "s",
            Optional.of(Row.Goal.atMost(5)),
            new Samples(p99),
            List.of(new Row.Peer("median of the same", new Samples(median))),
            "from the moment of a mark (four a second) to its bytes being in the vault; frames lz4,"
                + " made and compressed while sending"));
  }

  private static Samples pass(Path folder, byte[] content)
      throws IOException, InterruptedException {
    ConcurrentSkipListMap<Long, Long> waiting = new ConcurrentSkipListMap<>();
    List<Double> delays = new ArrayList<>();
    try (Site site = new Site(folder);
        BlobService blobs = BlobService.start(site.tls(), false)) {
      site.initVault(blobs.endpoint());
      site.startServer(List.of(), Map.of());
      long begin = System.nanoTime() + WARM_SECONDS * 1_000_000_000L;
      try (Sender sender =
              new Sender(
                  site.port(),
                  site.machineIdentity(),
                  uploaded -> take(waiting, uploaded, begin, delays));
          TestLog log = new TestLog(site.machine, DISK, Codec.LZ4, frame -> ship(sender, frame))) {
        sender.greet(log.hello());
        log.state(true);
        load(log, content, waiting);
        sender.awaitUploaded(log.sequence());
      }
    }
    return new Samples(delays);
  }

  private static void load(TestLog log, byte[] content, ConcurrentSkipListMap<Long, Long> waiting) {
    Random random = new Random(5);
    long start = System.nanoTime();
    long bytes = 0;
    long nextMark = start;
    while (System.nanoTime() - start < (SECONDS + WARM_SECONDS) * 1_000_000_000L) {
      long offset = (long) WRITE * random.nextInt((int) (DISK / WRITE));
      log.write(offset, content, random.nextInt(content.length - WRITE), WRITE);
      bytes += WRITE;
      long now = System.nanoTime();
      if (now >= nextMark) {
        // Noted before it leaves: its answer may come at once.
        log.flush();
        waiting.put(log.sequence() + 1, now);
        log.mark();
        nextMark += 250_000_000L;
      }
      long ahead = start + (long) (bytes / RATE * 1e9) - System.nanoTime();
      if (ahead > 0) {
        LockSupport.parkNanos(ahead);
      }
    }
    log.flush();
    waiting.put(log.sequence() + 1, System.nanoTime());
    log.mark();
  }

  private static void take(
      ConcurrentSkipListMap<Long, Long> waiting, long uploaded, long begin, List<Double> delays) {
    long now = System.nanoTime();
    var done = waiting.headMap(uploaded, true);
    done.values().stream().filter(at -> at >= begin).forEach(at -> delays.add((now - at) / 1e9));
    done.clear();
  }

  private static void ship(Sender sender, Frame frame) {
    try {
      sender.send(frame);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new java.io.InterruptedIOException());
    }
  }
}
