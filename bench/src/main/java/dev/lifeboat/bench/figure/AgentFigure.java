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

/** The agent on one core: what the kernel captured, out of the ring, framed, compressed, to TLS. */
public final class AgentFigure implements Figure {
  private static final long RAW = 768L << 20;

  /** An agent runs for weeks; a fresh one's rate stands beside the figure. */
  private static final long WARM = 1L << 30;

  private static final long DISK = 1L << 30;

  @Override
  public String name() {
    return "agent";
  }

  @Override
  public String title() {
    return "agent, MB/s of one core: ring, frames, compression, TLS";
  }

  @Override
  public List<Row> measure(Path work, int runs) throws IOException, InterruptedException {
    byte[] content = RealFiles.bytes(256 << 20);
    List<Pass> lz4 = new ArrayList<>();
    List<Pass> zstd = new ArrayList<>();
    try (Site site = new Site(work.resolve("site"));
        BlobService blobs = BlobService.start(site.tls(), true)) {
      site.initVault(blobs.endpoint());
      site.startServer();
      for (int i = 0; i < runs; i++) {
        lz4.add(pass(site, work.resolve("lz4-" + i), content, "lz4"));
        zstd.add(pass(site, work.resolve("zstd-" + i), content, "zstd"));
      }
    }
    return List.of(row("lz4", lz4, 300), row("zstd-1", zstd, 150));
  }

  /** In MB per CPU second. */
  private record Pass(double rate, double fresh) {}

  private static Row row(String codec, List<Pass> passes, double goal) {
    return new Row(
        "agent, one core, " + codec,
        "MB/s",
        Optional.of(Row.Goal.atLeast(goal)),
        new Samples(passes.stream().map(Pass::rate).toList()),
        List.of(
            new Row.Peer(
                "CPU-s per GiB",
                new Samples(passes.stream().map(pass -> (1 << 30) / 1e6 / pass.rate()).toList())),
            new Row.Peer(
                "the first GiB of a fresh agent, MB/s",
                new Samples(passes.stream().map(Pass::fresh).toList()))),
        "bytes written to a captured disk (loop device, direct, 64 KiB of real files each) per CPU"
            + " second of the whole agent's process, from the ring to TLS; 1 GiB before, to warm");
  }

  private static Pass pass(Site site, Path folder, byte[] content, String codec)
      throws IOException, InterruptedException {
    Path image = SparseImage.empty(folder, DISK);
    try (LoopDisk disk = LoopDisk.of(folder, image);
        AgentProgram agent = AgentProgram.start(site, folder, disk, codec)) {
      agent.untilPoint();
      try (DiskWriter writer = new DiskWriter(disk, DISK, content, agent)) {
        double fresh = agent.cpu();
        writer.write(WARM);
        agent.untilPoint();
        double cpu = agent.cpu();
        fresh = cpu - fresh;
        writer.write(RAW);
        agent.untilPoint();
        return new Pass(RAW / 1e6 / (agent.cpu() - cpu), WARM / 1e6 / fresh);
      }
    }
  }
}
