package dev.lifeboat.agent.convergence;

import dev.lifeboat.agent.capture.CapturedDisk;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Reads disks as they are, past the page cache. Belongs to one thread. */
public interface DiskReader extends Closeable {

  /**
   * Reads {@code length} bytes at {@code offset}.
   *
   * @return the bytes; valid until the next read
   * @throws IOException if the disk cannot be read there, or ends before
   */
  MemorySegment read(CapturedDisk disk, long offset, int length) throws IOException;

  /** The disk failed or is gone: what is open of it is closed, a later read opens it anew. */
  void forget(CapturedDisk disk);
}
