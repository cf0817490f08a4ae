package dev.lifeboat.bench.figure;

import dev.lifeboat.bench.Figure;
import dev.lifeboat.bench.Row;
import dev.lifeboat.bench.Samples;
import dev.lifeboat.bench.blob.BlobService;
import dev.lifeboat.wire.frame.Codec;
import dev.lifeboat.wire.frame.Frame;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
      lz4.add(ours(work.resolve("lz4-" + i), fresh, blocks, Codec.LZ4));
      zstd.add(ours(work.resolve("zstd-" + i), fresh, blocks, Codec.ZSTD));
      Programs.run(work, "cp", was.toString(), copy.toString());
      Programs.run(work, "cp", was.toString(), now.toString());
      change(now, fresh, blocks);
      rsync.add(rsync(work, now, copy, (long) blocks.size() * BLOCK));
    }
    return List.of(
        row("wire bytes per changed byte, zstd-1", zstd, rsync),
        row("wire bytes per changed byte, lz4", lz4, rsync));
  }

  private static Row row(String name, List<Double> ours, List<Double> rsync) {
    return new Row(
        name,
        "×",
        Optional.of(Row.Goal.atMost(0.5)),
        new Samples(ours),
        List.of(new Row.Peer("rsync -z --inplace, both directions", new Samples(rsync))),
        "1 % of a 256 MiB image of real files, single 4 KiB blocks at random places, new content"
            + " from blocks of other files, mixed; TLS, headers and marks counted");
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

  private static void change(Path image, byte[] fresh, List<Integer> blocks) throws IOException {
    try (FileChannel file = FileChannel.open(image, StandardOpenOption.WRITE)) {
      for (int i = 0; i < blocks.size(); i++) {
        file.write(java.nio.ByteBuffer.wrap(fresh, i * BLOCK, BLOCK), (long) blocks.get(i) * BLOCK);
      }
    }
  }

  private static double ours(Path folder, byte[] fresh, List<Integer> blocks, Codec codec)
      throws IOException, InterruptedException {
    List<Frame> frames = new ArrayList<>();
    try (Site site = new Site(folder);
        BlobService blobs = BlobService.start(site.tls(), true);
        TestLog log = new TestLog(site.machine, IMAGE, codec, frames::add)) {
      site.initVault(blobs.endpoint());
      site.startServer(List.of(), Map.of());
      log.state(true);
      for (int i = 0; i < blocks.size(); i++) {
        log.write((long) blocks.get(i) * BLOCK, fresh, i * BLOCK, BLOCK);
      }
      long last = log.mark();
      try (Sender sender = new Sender(site.port(), site.machineIdentity(), _ -> {})) {
        sender.greet(log.hello());
        long before = sender.wireBytes();
        for (Frame frame : frames) {
          sender.send(frame);
        }
        sender.awaitUploaded(last);
        return (double) (sender.wireBytes() - before) / ((long) blocks.size() * BLOCK);
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
