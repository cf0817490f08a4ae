package dev.lifeboat.bench.figure;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Bytes that compress as real files do: the machine's own libraries, one behind the other. The same
 * bytes each time on one machine.
 */
final class RealFiles {
  private static final Path FOLDER = Path.of("/usr/lib");
  private static final int LEAST = 4096;
  private static final int MOST = 8 << 20;

  private RealFiles() {}

  /** So many bytes; from the start again if the files do not suffice. */
  static byte[] bytes(int length) throws IOException {
    byte[] all = new byte[length];
    int filled = 0;
    for (Path file : files()) {
      if (filled == length) {
        return all;
      }
      try (InputStream in = Files.newInputStream(file)) {
        filled += in.readNBytes(all, filled, length - filled);
      }
      // As a file system would lay it out.
      filled = Math.min(length, (filled + LEAST - 1) / LEAST * LEAST);
    }
    int had = filled;
    while (filled < length) {
      int piece = Math.min(had, length - filled);
      System.arraycopy(all, 0, all, filled, piece);
      filled += piece;
    }
    return all;
  }

  private static List<Path> files() throws IOException {
    try (Stream<Path> tree = Files.walk(FOLDER)) {
      List<Path> files =
          tree.filter(p -> Files.isRegularFile(p, java.nio.file.LinkOption.NOFOLLOW_LINKS))
              .filter(p -> p.toFile().length() >= LEAST && p.toFile().length() <= MOST)
              .filter(Files::isReadable)
              .sorted()
              .toList();
      // Spread over the tree, not its first folder alone.
      Path[] spread = files.toArray(Path[]::new);
      java.util.Collections.shuffle(Arrays.asList(spread), new java.util.Random(7));
      return List.of(spread);
    }
  }
}
