package dev.lifeboat.agent.capture;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.lifeboat.agent.kernel.SystemCalls;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Tells the programs which thread writes to the journal now. */
final class KernelOwnWrites implements OwnWrites {
  private final MemorySegment own;

  KernelOwnWrites(MemorySegment own) {
    this.own = own;
    set(0); // a process that was killed within a write left its thread here
  }

  private void set(int thread) {
    JAVA_INT.varHandle().setVolatile(own, 0L, thread);
  }

  @Override
  public synchronized void run(Body body) throws IOException {
    if (Thread.currentThread().isVirtual()) {
      throw new IllegalStateException("a virtual thread has no kernel thread of its own");
    }
    set(SystemCalls.threadId());
    try {
      body.run();
    } finally {
      set(0);
    }
  }
}
