package dev.lifeboat.bench.figure;

import dev.lifeboat.bench.Figure;
import dev.lifeboat.bench.Row;
import dev.lifeboat.bench.Samples;
import dev.lifeboat.bench.blob.BlobService;
import dev.lifeboat.wire.frame.Codec;
import dev.lifeboat.wire.frame.Frame;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** The agent's data path on one core: records into frames, chained, compressed, over TLS. */
public final class AgentFigure implements Figure {
  private static final int RAW = 512 << 20;
  private static final int WARM = 192 << 20;
  private static final int WRITE = 64 << 10;
  private static final long DISK = 8L << 30;
  private static final String FRAMER = "framer";

  @Override
  public String name() {
    return "agent";
  }

  @Override
  public String title() {
    return "agent's data path, MB/s of one core: records, frames, compression, TLS";
  }

  @Override
  public List<Row> measure(Path work, int runs) throws IOException, InterruptedException {
    byte[] content = RealFiles.bytes(128 << 20);
    List<Double> lz4 = new ArrayList<>();
    List<Double> zstd = new ArrayList<>();
    try (Site site = new Site(work.resolve("site"));
        BlobService blobs = BlobService.start(site.tls(), true)) {
      site.initVault(blobs.endpoint());
      site.startServer(List.of(), Map.of());
      for (int i = 0; i < runs; i++) {
        lz4.add(pass(site, content, Codec.LZ4));
        zstd.add(pass(site, content, Codec.ZSTD));
      }
    }
    return List.of(row("lz4", lz4, 300), row("zstd-1", zstd, 150));
  }

  private static Row row(String codec, List<Double> rates, double goal) {
    return new Row(
        "agent, one core, " + codec,
        "MB/s",
        Optional.of(Row.Goal.atLeast(goal)),
        new Samples(rates),
        List.of(
            new Row.Peer(
                "CPU-s per GiB",
                new Samples(rates.stream().map(r -> (1 << 30) / 1e6 / r).toList()))),
        "raw bytes per CPU second of the framing thread and the connection's event loop together;"
            + " writes of 64 KiB of real files to a process server");
  }

  private static double pass(Site site, byte[] content, Codec codec)
      throws IOException, InterruptedException {
    double[] rate = new double[1];
    List<Exception> failed = new ArrayList<>();
    Thread framer =
        Thread.ofPlatform()
            .name(FRAMER)
            .start(() -> {
              try {
                rate[0] = framing(site, content, codec);
              } catch (IOException | InterruptedException | UncheckedIOException e) {
                failed.add(e);
              }
            });
    framer.join();
    if (!failed.isEmpty()) {
      throw new IOException(failed.getFirst());
    }
    return rate[0];
  }

  private static double framing(Site site, byte[] content, Codec codec)
      throws IOException, InterruptedException {
    try (Sender sender = new Sender(site.port(), site.machineIdentity(), _ -> {});
        TestLog log = new TestLog(site.machine, DISK, codec, frame -> ship(sender, frame))) {
      sender.greet(log.hello());
      log.state(true);
      writes(log, content, WARM);
      sender.awaitDurable(log.sequence());
      double cpu = cpu();
      writes(log, content, RAW);
      sender.awaitDurable(log.sequence());
      return RAW / 1e6 / (cpu() - cpu);
    }
  }

  private static double cpu() throws IOException {
    return Cpu.ofThreads(FRAMER) + Cpu.ofThreads(Sender.THREAD);
  }

  private static void writes(TestLog log, byte[] content, int bytes) {
    Random random = new Random(3);
    for (int done = 0; done < bytes; done += WRITE) {
      long offset = (long) WRITE * random.nextInt((int) (DISK / WRITE));
      log.write(offset, content, random.nextInt(content.length - WRITE), WRITE);
    }
    log.flush();
  }

  private static void ship(Sender sender, Frame frame) {
    try {
      sender.send(frame);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new InterruptedIOException());
    }
  }
}
