package dev.lifeboat.bench.figure;

import dev.lifeboat.bench.Figure;
import dev.lifeboat.bench.Row;
import dev.lifeboat.bench.Samples;
import dev.lifeboat.bench.blob.BlobService;
import dev.lifeboat.wire.frame.Codec;
import dev.lifeboat.wire.frame.Frame;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.ToDoubleFunction;

/** The process server: frames over TLS in, segments over HTTPS out. */
public final class ServerFigure implements Figure {
  private static final int RAW = 512 << 20;

  /** A process server runs for weeks; a fresh one's rate stands beside the figure. */
  private static final int WARM = 1 << 30;

  private static final int WRITE = 64 << 10;
  private static final long DISK = 8L << 30;
  private static final int CORES = 2;

  @Override
  public String name() {
    return "server";
  }

  @Override
  public String title() {
    return "process server: raw changes in, blob service out";
  }

  private record Pass(double wallRate, double capacity, double cpuPerGib, double fresh) {}

  @Override
  public List<Row> measure(Path work, int runs) throws IOException, InterruptedException {
    byte[] content = RealFiles.bytes(128 << 20);
    List<List<Pass>> kept = List.of(new ArrayList<>(), new ArrayList<>());
    List<Codec> codecs = List.of(Codec.LZ4, Codec.ZSTD);
    List<Pass> sunk = new ArrayList<>();
    for (int i = 0; i < runs; i++) {
      for (int c = 0; c < codecs.size(); c++) {
        kept.get(c).add(pass(work.resolve("keep" + i + c), content, codecs.get(c), false));
      }
      sunk.add(pass(work.resolve("sink" + i), content, Codec.LZ4, true));
    }
    return List.of(
        row("process server, lz4 in: capacity of two cores by CPU", kept.get(0), sunk),
        row("process server, zstd-1 in: capacity of two cores by CPU", kept.get(1), sunk));
  }

  private static Row row(String name, List<Pass> passes, List<Pass> sunk) {
    return new Row(
        name,
        "MB/s",
        Optional.of(Row.Goal.atLeast(240)),
        samples(passes, Pass::capacity),
        List.of(
            new Row.Peer("with a sink that discards", samples(sunk, Pass::capacity)),
            new Row.Peer(
                "as the clock saw it, generator and service on the same two cores",
                samples(passes, Pass::wallRate)),
            new Row.Peer("server CPU-s per GiB", samples(passes, Pass::cpuPerGib)),
            new Row.Peer("the first GiB of a fresh server, MB/s", samples(passes, Pass::fresh))),
        "raw bytes per CPU second of the server's process, times its two cores: load generator and"
            + " blob service share the machine's two cores with it, so the clock measures all three;"
            + " 1 GiB before, to warm");
  }

  private static Samples samples(List<Pass> passes, ToDoubleFunction<Pass> field) {
    return new Samples(passes.stream().map(field::applyAsDouble).toList());
  }

  private static Pass pass(Path folder, byte[] content, Codec codec, boolean sink)
      throws IOException, InterruptedException {
    try (Site site = new Site(folder);
        BlobService blobs = BlobService.start(site.tls(), sink)) {
      site.initVault(blobs.endpoint());
      List<Frame> frames = new ArrayList<>();
      int warm;
      long last;
      try (TestLog log = new TestLog(site.machine, DISK, codec, frames::add)) {
        log.state(true);
        writes(log, content, WARM);
        log.mark();
        warm = frames.size();
        writes(log, content, RAW);
        last = log.mark();
        site.startServer();
        try (Sender sender = new Sender(site.port(), site.machineIdentity())) {
          sender.greet(log.hello());
          double fresh = site.serverCpu();
          send(sender, frames.subList(0, warm));
          sender.awaitUploaded(warm);
          double cpu = site.serverCpu();
          fresh = cpu - fresh;
          long start = System.nanoTime();
          send(sender, frames.subList(warm, frames.size()));
          sender.awaitUploaded(last);
          double wall = (System.nanoTime() - start) / 1e9;
          cpu = site.serverCpu() - cpu;
          return new Pass(
              RAW / 1e6 / wall, capacity(RAW, cpu), cpu * (1 << 30) / RAW, capacity(WARM, fresh));
        }
      }
    }
  }

  private static double capacity(long bytes, double cpu) {
    return bytes / 1e6 / cpu * CORES;
  }

  private static void send(Sender sender, List<Frame> frames)
      throws IOException, InterruptedException {
    for (Frame frame : frames) {
      sender.send(frame);
    }
  }

  private static void writes(TestLog log, byte[] content, int bytes) {
    Random random = new Random(11);
    for (int done = 0; done < bytes; done += WRITE) {
      long offset = (long) WRITE * random.nextInt((int) (DISK / WRITE));
      log.write(offset, content, random.nextInt(content.length - WRITE), WRITE);
      if (done % (64 << 20) == 0) {
        log.mark();
      }
    }
    log.flush();
  }
}
