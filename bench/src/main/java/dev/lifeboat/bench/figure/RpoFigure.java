package dev.lifeboat.bench.figure;

import dev.lifeboat.bench.Figure;
import dev.lifeboat.bench.Row;
import dev.lifeboat.bench.Samples;
import dev.lifeboat.bench.blob.BlobService;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** How old the newest point is while a machine writes steadily. */
public final class RpoFigure implements Figure {
  private static final double RATE = 54e6;
  private static final int SECONDS = 20;
  private static final int WARM_SECONDS = 5;
  private static final int LOOK_MILLIS = 50;
  private static final long DISK = 2L << 30;
  private static final long SECOND = 1_000_000_000L;

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
    byte[] content = RealFiles.bytes(256 << 20);
    List<Double> p99 = new ArrayList<>();
    List<Double> median = new ArrayList<>();
    for (int i = 0; i < runs; i++) {
      Samples ages = pass(work.resolve("pass" + i), content);
      p99.add(ages.percentile(99));
      median.add(ages.median());
    }
    return List.of(
        new Row(
            "RPO under 54 MB/s, p99",
            "s",
            Optional.of(Row.Goal.atMost(5)),
            new Samples(p99),
            List.of(new Row.Peer("median of the same", new Samples(median))),
            "age of the newest mark whose bytes are all in the vault, looked at 20 times a second"
                + " for 20 s; the agent captures a loop device that is written directly, a mark each"
                + " second, lz4"));
  }

  private static Samples pass(Path folder, byte[] content)
      throws IOException, InterruptedException {
    Path image = SparseImage.empty(folder, DISK);
    try (Site site = new Site(folder.resolve("site"));
        BlobService blobs = BlobService.start(site.tls(), true)) {
      site.initVault(blobs.endpoint());
      site.startServer();
      try (LoopDisk disk = LoopDisk.of(folder, image);
          AgentProgram agent = AgentProgram.start(site, folder, disk, "lz4");
          DiskWriter writer = new DiskWriter(disk, DISK, content, agent)) {
        agent.untilPoint();
        return load(agent, writer);
      }
    }
  }

  private static Samples load(AgentProgram agent, DiskWriter writer)
      throws IOException, InterruptedException {
    long begin = System.nanoTime() + WARM_SECONDS * SECOND;
    long end = begin + SECONDS * SECOND;
    List<Double> ages = new ArrayList<>();
    try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
      Future<Boolean> writing =
          thread.submit(() -> {
            writer.pace(RATE, end);
            return true;
          });
      for (long now = System.nanoTime(); now < end; now = System.nanoTime()) {
        if (now >= begin) {
          ages.add(agent.status().lagSeconds());
        }
        TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      }
      writing.get();
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
    if (agent.status().losses().total() > 0) {
      throw new IOException("the agent lost writes: " + agent.status().losses());
    }
    return new Samples(ages);
  }
}
