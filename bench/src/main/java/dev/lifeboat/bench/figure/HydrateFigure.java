package dev.lifeboat.bench.figure;

import dev.lifeboat.bench.Figure;
import dev.lifeboat.bench.Row;
import dev.lifeboat.bench.Samples;
import dev.lifeboat.bench.blob.BlobService;
import dev.lifeboat.vault.blob.BlobCredential;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Bringing a disk back to a file, beside what that file's disk takes alone. */
public final class HydrateFigure implements Figure {
  private static final int PIECE = 1 << 20;

  @Override
  public String name() {
    return "hydrate";
  }

  @Override
  public String title() {
    return "hydrate to a file, in percent of what the target takes alone";
  }

  @Override
  public List<Row> measure(Path work, int runs) throws IOException, InterruptedException {
    Path image = work.resolve("disk.img");
    SparseImage.write(image);
    byte[] content = RealFiles.bytes(SparseImage.DATA);
    List<Double> percent = new ArrayList<>();
    List<Double> ours = new ArrayList<>();
    List<Double> alone = new ArrayList<>();
    List<Double> cpu = new ArrayList<>();
    List<Double> azurite = new ArrayList<>();
    try (Site site = new Site(work.resolve("site"));
        BlobService blobs = BlobService.start(site.tls(), false)) {
      site.initVault(blobs.endpoint());
      copyInto(site, work, image);
      hydrate(site, work, image);
      for (int i = 0; i < runs; i++) {
        Programs.Run run = hydrate(site, work, image);
        double plain = plain(work.resolve("plain.img"), content);
        ours.add(rate(run.wallSeconds()));
        alone.add(rate(plain));
        percent.add(100 * plain / run.wallSeconds());
        cpu.add(run.cpuSeconds() * (1L << 30) / SparseImage.DATA);
      }
    }
    List<Row.Peer> peers = new ArrayList<>();
    peers.add(new Row.Peer("ours, MB/s", new Samples(ours)));
    peers.add(new Row.Peer("the target alone, MB/s", new Samples(alone)));
    peers.add(new Row.Peer("ours, CPU-s per GiB", new Samples(cpu)));
    if (Files.isDirectory(Programs.root().resolve("testbed/node_modules"))) {
      try (Site site = new Site(work.resolve("azurite"))) {
        fromAzurite(site, work, image, Math.min(runs, 3), azurite);
      }
      peers.add(new Row.Peer("from Azurite, MB/s", new Samples(azurite)));
    }
    return List.of(
        new Row(
            "hydrate, of what the target takes alone",
            "%",
            Optional.of(Row.Goal.atLeast(80)),
            new Samples(percent),
            peers,
            SparseImage.WORDS
                + "; the program from its start to its end, the file synced; alone: the same ranges"
                + " written from memory and synced"));
  }

  private static void copyInto(Site site, Path work, Path image)
      throws IOException, InterruptedException {
    site.startServer();
    try (LoopDisk disk = LoopDisk.of(work, image)) {
      site.copy(work.resolve("agent-" + site.machine.toString().substring(0, 8)), disk, "zstd");
    }
    site.stopServer();
  }

  private static void fromAzurite(Site site, Path work, Path image, int runs, List<Double> azurite)
      throws IOException, InterruptedException {
    Path blobs = work.resolve("azurite/blobs");
    int port = Site.freePort();
    Process service =
        Programs.start(
            work,
            work.resolve("azurite.log"),
            Map.of(),
            List.of(
                Programs.root().resolve("testbed/bin/azurite").toString(),
                "--identity",
                site.identityFolder().toString(),
                "--out",
                blobs.toString(),
                "--port",
                Integer.toString(port)));
    try {
      Site.awaitPort(port);
      Path key = blobs.resolve("account.key");
      site.initVault(
          URI.create("https://127.0.0.1:" + port + "/lifeboat"),
          "{kind: sharedKey, account: lifeboat, file: " + key + "}",
          new BlobCredential.SharedKeyFile("lifeboat", key));
      copyInto(site, work, image);
      for (int i = 0; i < runs; i++) {
        azurite.add(rate(hydrate(site, work, image).wallSeconds()));
      }
    } finally {
      Programs.stop(service);
    }
  }

  private static Programs.Run hydrate(Site site, Path work, Path image)
      throws IOException, InterruptedException {
    Path back = work.resolve("back.img");
    Programs.Run run =
        Programs.run(
            work,
            Programs.root().resolve("bin/lifeboat-vault").toString(),
            "hydrate",
            "--config",
            site.vaultConfig().toString(),
            "--point",
            "latest",
            "--disk",
            Integer.toString(AgentProgram.DISK),
            "--to",
            back.toString());
    // A quick way to a wrong disk is no figure.
    Programs.run(work, "cmp", image.toString(), back.toString());
    Files.delete(back);
    return run;
  }

  private static double plain(Path file, byte[] content) throws IOException {
    long start = System.nanoTime();
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int at = 0; at < content.length; at += PIECE) {
        ByteBuffer piece = ByteBuffer.wrap(content, at, PIECE);
        long offset = SparseImage.place(at);
        while (piece.hasRemaining()) {
          offset += out.write(piece, offset);
        }
      }
      out.write(ByteBuffer.wrap(new byte[1]), SparseImage.SIZE - 1);
      out.force(true);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    Files.delete(file);
    return seconds;
  }

  private static double rate(double seconds) {
    return SparseImage.DATA / 1e6 / seconds;
  }
}
