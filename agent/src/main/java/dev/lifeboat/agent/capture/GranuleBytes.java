package dev.lifeboat.agent.capture;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/** A byte for each granule of a disk, 0 or 1; the kernel may set them too. Thread-safe. */
final class GranuleBytes {
  private static final VarHandle BYTE = JAVA_BYTE.varHandle();
  private static final VarHandle WORD = JAVA_LONG.varHandle();
  private static final int BYTES = Long.BYTES;

  private final MemorySegment memory;

  /** {@code memory} begins at a multiple of 8. */
  GranuleBytes(MemorySegment memory) {
    this.memory = memory;
  }

  void set(long from, long to) {
    for (long at = from; at < to; at++) {
      BYTE.setVolatile(memory, at, (byte) 1);
    }
  }

  void clear(long at) {
    BYTE.setVolatile(memory, at, (byte) 0);
    VarHandle.fullFence();
  }

  void clear() {
    memory.fill((byte) 0);
    VarHandle.fullFence();
  }

  long next(long from) {
    long end = memory.byteSize();
    long at = Math.max(0, from);
    while (at < end) {
      if ((at & (BYTES - 1)) == 0
          && at + BYTES <= end
          && (long) WORD.getVolatile(memory, at) == 0) {
        at += BYTES;
      } else if ((byte) BYTE.getVolatile(memory, at) != 0) {
        return at;
      } else {
        at++;
      }
    }
    return -1;
  }

  long count() {
    long count = 0;
    long end = memory.byteSize();
    long words = end & -BYTES;
    for (long at = 0; at < words; at += BYTES) {
      count += Long.bitCount((long) WORD.getVolatile(memory, at));
    }
    for (long at = words; at < end; at++) {
      count += (byte) BYTE.getVolatile(memory, at);
    }
    return count;
  }
}
