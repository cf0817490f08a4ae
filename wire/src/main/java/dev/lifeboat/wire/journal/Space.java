package dev.lifeboat.wire.journal;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** How large and how free the file system is that holds the tracked changes. A seam for tests. */
public interface Space {

  /** Bytes of the whole file system. */
  long total() throws IOException;

  /** Bytes that may still be written. */
  long usable() throws IOException;

  /** The file system of a directory. */
  static Space of(Path directory) throws IOException {
    FileStore store = Files.getFileStore(directory);
    return new Space() {
      @Override
      public long total() throws IOException {
        return store.getTotalSpace();
      }

      @Override
      public long usable() throws IOException {
        return store.getUsableSpace();
      }
    };
  }
}
