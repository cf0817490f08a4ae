package dev.lifeboat.agent.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory shared with the kernel. Whoever reads it after it was closed gets an {@link
 * IllegalStateException}. Thread-safe.
 */
public final class Mapping implements AutoCloseable {
  private final Arena arena = Arena.ofShared();
  private final MemorySegment memory;

  Mapping(MemorySegment raw, long length) {
    memory = raw.reinterpret(length, arena, SystemCalls::unmap);
  }

  /** The bytes; valid until closed. */
  public MemorySegment memory() {
    return memory;
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
