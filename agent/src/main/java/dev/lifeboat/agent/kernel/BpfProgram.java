package dev.lifeboat.agent.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** A loaded program for raw tracepoints. Closing gives back only the descriptor. */
public final class BpfProgram implements AutoCloseable {
  /** What the kernel counts of a program; run time only while {@code kernel.bpf_stats_enabled}. */
  public record Statistics(long nanos, long runs, long missed) {}

  private static final int LOAD = 5;
  private static final int RAW_TRACEPOINT = 17;
  private static final int LOG_BYTES = 1 << 20;
  private static final int LOG_SHOWN = 2000;
  private static final int INFO_BYTES = 224;
  private static final int RUN_TIME = 192;

  private final int descriptor;

  private BpfProgram(int descriptor) {
    this.descriptor = descriptor;
  }

  /** Loads a program. A refusal shows the end of what the verifier said. */
  public static BpfProgram load(String name, long[] code) throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = arena.allocate(120, 8);
      attributes.set(JAVA_INT, 0, RAW_TRACEPOINT);
      attributes.set(JAVA_INT, 4, code.length);
      attributes.set(ADDRESS, 8, arena.allocateFrom(JAVA_LONG, code));
      attributes.set(ADDRESS, 16, arena.allocateFrom("Dual BSD/GPL"));
      PinnedObjects.name(attributes, 48, name);
      String what = "cannot load the BPF program " + name;
      try {
        return new BpfProgram(SystemCalls.bpf(LOAD, attributes, what));
      } catch (KernelException e) {
        throw new KernelException(what + explanation(arena, attributes), e.errno());
      }
    }
  }

  private static String explanation(Arena arena, MemorySegment attributes) {
    MemorySegment log = arena.allocate(LOG_BYTES);
    attributes.set(JAVA_INT, 24, 1);
    attributes.set(JAVA_INT, 28, LOG_BYTES);
    attributes.set(ADDRESS, 32, log);
    try {
      SystemCalls.close(SystemCalls.bpf(LOAD, attributes, "again"));
    } catch (KernelException ignored) {
      String text = log.getString(0).strip();
      return text.isEmpty()
          ? ""
          : " (verifier: " + text.substring(Math.max(0, text.length() - LOG_SHOWN)) + ")";
    }
    return "";
  }

  /** A program that was pinned. */
  public static BpfProgram open(Path pin) throws KernelException {
    return new BpfProgram(PinnedObjects.get(pin));
  }

  /** Keeps the program beyond this process. */
  public void pin(Path path) throws KernelException {
    PinnedObjects.pin(descriptor, path);
  }

  int descriptor() {
    return descriptor;
  }

  /** What the kernel counted; misses stay 0 on kernels before 5.12. */
  public Statistics statistics() throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = PinnedObjects.info(arena, descriptor, INFO_BYTES);
      return new Statistics(
          info.get(JAVA_LONG, RUN_TIME),
          info.get(JAVA_LONG, RUN_TIME + 8),
          info.get(JAVA_LONG, RUN_TIME + 16));
    }
  }

  @Override
  public void close() {
    SystemCalls.close(descriptor);
  }
}
