package dev.lifeboat.agent.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where BPF objects are pinned: a directory on a file system of type bpf. */
public final class BpfFileSystem {
  private BpfFileSystem() {}

  /**
   * Makes sure that the directory exists on a bpf file system: one that is mounted above it, or
   * else one that is mounted here on the directory's parent.
   *
   * @return where a file system was mounted, or the root where none had to be
   */
  public static Path ensure(Path directory) throws IOException {
    Path mounted = directory.getRoot();
    Path parent = directory.toAbsolutePath().getParent();
    if (parent == null) {
      throw new IOException(
          "cannot pin BPF objects in " + directory + ": name a directory in /sys/fs/bpf");
    }
    Path existing = parent;
    while (!Files.exists(existing)) {
      existing = existing.getParent();
    }
    if (!isBpf(existing)) {
      if (!parent.startsWith("/sys")) {
        Files.createDirectories(parent);
      }
      SystemCalls.mount("bpf", parent);
      mounted = parent;
    }
    Files.createDirectories(directory);
    return mounted;
  }

  private static boolean isBpf(Path path) throws IOException {
    return Files.getFileStore(path).type().equals("bpf");
  }
}
