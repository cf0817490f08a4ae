package dev.lifeboat.bench.figure;

import com.github.luben.zstd.Zstd;
import dev.lifeboat.bench.Figure;
import dev.lifeboat.bench.Row;
import dev.lifeboat.bench.Samples;
import dev.lifeboat.bench.blob.BlobService;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.ToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;

/** Bytes on the wire for one percent of an image changed in scattered blocks, beside rsync. */
public final class WireFigure implements Figure {
  private static final int IMAGE = 256 << 20;
  private static final int BLOCK = 4096;
  private static final Pattern SENT = Pattern.compile("Total bytes (?:sent|received): ([\\d,.]+)");

  @Override
  public String name() {
    return "wire";
  }

  @Override
  public String title() {
    return "bytes on the wire per changed byte, 1 % scattered 4 KiB changes";
  }

  @Override
  public List<Row> measure(Path work, int runs) throws IOException, InterruptedException {
    byte[] image = RealFiles.bytes(IMAGE);
    byte[] fresh = RealFiles.bytes(IMAGE + (64 << 20));
    fresh = shuffled(Arrays.copyOfRange(fresh, IMAGE, fresh.length));
    Path was = work.resolve("was.img");
    Files.write(was, image);
    List<Double> lz4 = new ArrayList<>();
    List<Double> zstd = new ArrayList<>();
    List<Double> rsync = new ArrayList<>();
    Path copy = work.resolve("copy.img");
    Path now = work.resolve("now.img");
    for (int i = 0; i < runs; i++) {
      List<Integer> blocks = blocks(i);
      lz4.add(ours(work, was, fresh, blocks, "lz4"));
      zstd.add(ours(work, was, fresh, blocks, "zstd"));
      Programs.run(work, "cp", was.toString(), copy.toString());
      Programs.run(work, "cp", was.toString(), now.toString());
      try (FileChannel file = FileChannel.open(now, StandardOpenOption.WRITE)) {
        change(file, fresh, blocks);
      }
      rsync.add(rsync(work, now, copy, (long) blocks.size() * BLOCK));
    }
    LZ4Compressor fast = LZ4Factory.fastestInstance().fastCompressor();
    List<Double> zstdAlone = alone(fresh, block -> Zstd.compress(block, 1).length, runs);
    List<Double> lz4Alone = alone(fresh, block -> fast.compress(block).length, runs);
    return List.of(
        row("wire bytes per changed byte, zstd-1", zstd, rsync, zstdAlone),
        row("wire bytes per changed byte, lz4", lz4, rsync, lz4Alone));
  }

  private static Row row(String name, List<Double> ours, List<Double> rsync, List<Double> alone) {
    return new Row(
        name,
        "×",
        Optional.of(Row.Goal.atMost(0.5)),
        new Samples(ours),
        List.of(
            new Row.Peer("rsync -z --inplace, both directions", new Samples(rsync)),
            new Row.Peer("the codec alone, block by block", new Samples(alone))),
        "1 % of a 256 MiB image of real files, single 4 KiB blocks at random places, new content"
            + " from blocks of other files, mixed, written directly one by one; by the kernel's count of what the agent's connection sent: TLS, headers, marks");
  }

  /** What a codec makes of the same blocks without a header, a frame or a connection. */
  private static List<Double> alone(byte[] fresh, ToIntFunction<byte[]> codec, int runs) {
    int blocks = IMAGE / BLOCK / 100;
    long stored = 0;
    for (int i = 0; i < blocks; i++) {
      stored += codec.applyAsInt(Arrays.copyOfRange(fresh, i * BLOCK, (i + 1) * BLOCK));
    }
    return Collections.nCopies(runs, (double) stored / ((long) blocks * BLOCK));
  }

  /** Neighbours that come from one file would flatter whoever compresses them together. */
  private static byte[] shuffled(byte[] content) {
    List<Integer> order = new ArrayList<>();
    for (int at = 0; at < content.length; at += BLOCK) {
      order.add(at);
    }
    Collections.shuffle(order, new Random(1));
    byte[] mixed = new byte[content.length];
    for (int i = 0; i < order.size(); i++) {
      System.arraycopy(content, order.get(i), mixed, i * BLOCK, BLOCK);
    }
    return mixed;
  }

  private static List<Integer> blocks(int seed) {
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < IMAGE / BLOCK; i++) {
      all.add(i);
    }
    Collections.shuffle(all, new Random(seed));
    return all.subList(0, IMAGE / BLOCK / 100);
  }

  private static void change(FileChannel file, byte[] fresh, List<Integer> blocks)
      throws IOException {
    ByteBuffer buffer = LoopDisk.buffer(BLOCK);
    for (int i = 0; i < blocks.size(); i++) {
      buffer.clear().put(fresh, i * BLOCK, BLOCK).flip();
      file.write(buffer, (long) blocks.get(i) * BLOCK);
    }
  }

  private static double ours(Path work, Path was, byte[] fresh, List<Integer> blocks, String codec)
      throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory(work, codec);
    Path image = folder.resolve("disk.img");
    Programs.run(work, "cp", was.toString(), image.toString());
    try (Site site = new Site(folder.resolve("site"));
        BlobService blobs = BlobService.start(site.tls(), true)) {
      site.initVault(blobs.endpoint());
      site.startServer();
      try (LoopDisk disk = LoopDisk.of(folder, image);
          AgentProgram agent = AgentProgram.start(site, folder, disk, codec);
          FileChannel file = disk.direct()) {
        agent.untilPoint();
        long before = agent.sentBytes();
        change(file, fresh, blocks);
        agent.untilPoint();
        return (double) (agent.sentBytes() - before) / ((long) blocks.size() * BLOCK);
      }
    }
  }

  private static double rsync(Path work, Path now, Path copy, long changed)
      throws IOException, InterruptedException {
    String said =
        Programs.run(
                work,
                "rsync",
                "--stats",
                "--inplace",
                "--no-whole-file",
                "--compress",
                "--ignore-times",
                now.toString(),
                copy.toString())
            .output();
    long bytes = 0;
    Matcher sent = SENT.matcher(said);
    while (sent.find()) {
      bytes += Long.parseLong(sent.group(1).replaceAll("[,.]", ""));
    }
    return (double) bytes / changed;
  }
}
