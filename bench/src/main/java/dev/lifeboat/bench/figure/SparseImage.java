package dev.lifeboat.bench.figure;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A disk image with stretches of real files and holes between them. */
final class SparseImage {
  static final long SIZE = 3L << 30;
  static final int DATA = 768 << 20;

  /** What it is, for the page. */
  static final String WORDS = "768 MiB of real files in a 3 GiB image with holes";

  private static final long SPREAD = SIZE / DATA;
  private static final int STRETCH = 8 << 20;

  private SparseImage() {}

  /** Where in the image a byte of the content lies. */
  static long place(int at) {
    return SPREAD * (at - at % STRETCH) + at % STRETCH;
  }

  /** A disk of zeros in a new folder. */
  static Path empty(Path folder, long size) throws IOException {
    Path image = Files.createDirectories(folder).resolve("disk.img");
    try (FileChannel out =
        FileChannel.open(image, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      out.write(ByteBuffer.wrap(new byte[1]), size - 1);
    }
    return image;
  }

  static void write(Path file) throws IOException {
    byte[] content = RealFiles.bytes(DATA);
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int at = 0; at < DATA; at += STRETCH) {
        ByteBuffer stretch = ByteBuffer.wrap(content, at, STRETCH);
        long offset = place(at);
        while (stretch.hasRemaining()) {
          offset += out.write(stretch, offset);
        }
      }
      out.write(ByteBuffer.wrap(new byte[1]), SIZE - 1);
    }
  }
}
