package dev.lifeboat.vault.hydrate;

import java.io.Closeable;
import java.io.IOException;

/**
 * What a disk is written to. Writes are disjoint and may come from several threads in any order;
 * all else comes from one.
 */
public interface DiskTarget extends Closeable {

  /** Whether what is not written reads as zeros already. */
  boolean startsEmpty();

  void write(long offset, byte[] from, int at, int length) throws IOException;

  /** Makes a range read as zeros, with as little space as can be. */
  void zero(long offset, long length) throws IOException;

  /** What was written before outlives a crash when this returns. */
  void sync() throws IOException;

  /** All is written: completes what the target needs besides. */
  void finish() throws IOException;
}
