package dev.lifeboat.testbed.azure;

import dev.lifeboat.testbed.process.Command;
import dev.lifeboat.vault.blob.PageBlob;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * An image to upload.
 *
 * @param raw the disk's bytes
 * @param file the same as a fixed VHD, by qemu-img
 */
record Vhd(Path raw, Path file) {
  private static final int PAGE = 1 << 20;

  /** A disk with some bytes at its start, in its middle and at its end, and nothing between. */
  static Vhd random(Path folder, String name, int mebibytes) throws IOException {
    Path raw = folder.resolve(name + ".raw");
    long seed = System.nanoTime();
    System.out.println("seed of " + name + ": " + seed);
    Random random = new Random(seed);
    long size = (long) mebibytes << 20;
    try (RandomAccessFile disk = new RandomAccessFile(raw.toFile(), "rw")) {
      disk.setLength(size);
      byte[] some = new byte[70_000];
      for (long at : new long[] {0, size / 2 - 1000, size - some.length}) {
        random.nextBytes(some);
        disk.seek(at);
        disk.write(some);
      }
    }
    return of(raw);
  }

  /** From a raw disk of whole MiB. */
  static Vhd of(Path raw) throws IOException {
    Path file = raw.resolveSibling(raw.getFileName() + ".vhd");
    Command.run(
        "qemu-img",
        "convert",
        "-f",
        "raw",
        "-O",
        "vpc",
        "-o",
        "subformat=fixed,force_size=on",
        raw.toString(),
        file.toString());
    return new Vhd(raw, file);
  }

  long bytes() throws IOException {
    return Files.size(file);
  }

  /** Puts all of it where the URL says, but for pages of zeros, as the keeper does. */
  void upload(PageBlob blob) throws IOException {
    blob.create(bytes());
    try (RandomAccessFile vhd = new RandomAccessFile(file.toFile(), "r")) {
      for (long at = 0; at < vhd.length(); at += PAGE) {
        byte[] page = new byte[(int) Math.min(PAGE, vhd.length() - at)];
        vhd.seek(at);
        vhd.readFully(page);
        if (IntStream.range(0, page.length).anyMatch(i -> page[i] != 0)) {
          blob.put(at, ByteBuffer.wrap(page));
        }
      }
    }
  }
}
