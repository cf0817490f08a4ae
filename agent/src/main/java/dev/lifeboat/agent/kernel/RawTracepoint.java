package dev.lifeboat.agent.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * A program attached to a raw tracepoint: it runs until the last descriptor and the pin are gone.
 */
public final class RawTracepoint implements AutoCloseable {
  private static final int OPEN = 17;

  private final int descriptor;

  private RawTracepoint(int descriptor) {
    this.descriptor = descriptor;
  }

  /** Attaches. */
  public static RawTracepoint attach(String tracepoint, BpfProgram program) throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = arena.allocate(16, 8);
      attributes.set(ADDRESS, 0, arena.allocateFrom(tracepoint));
      attributes.set(JAVA_INT, 8, program.descriptor());
      return new RawTracepoint(
          SystemCalls.bpf(OPEN, attributes, "cannot attach to the tracepoint " + tracepoint));
    }
  }

  /** Keeps it attached beyond this process. */
  public void pin(Path path) throws KernelException {
    PinnedObjects.pin(descriptor, path);
  }

  @Override
  public void close() {
    SystemCalls.close(descriptor);
  }
}
