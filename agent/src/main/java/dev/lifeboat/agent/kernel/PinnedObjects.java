package dev.lifeboat.agent.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** What maps, programs and links have in common: pins, names and what the kernel knows of them. */
final class PinnedObjects {
  private static final int OBJ_PIN = 6;
  private static final int OBJ_GET = 7;
  private static final int OBJ_INFO = 15;
  private static final int NAME = 15;

  private PinnedObjects() {}

  static void pin(int descriptor, Path path) throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = arena.allocate(16, 8);
      attributes.set(ADDRESS, 0, arena.allocateFrom(path.toString()));
      attributes.set(JAVA_INT, 8, descriptor);
      SystemCalls.bpf(OBJ_PIN, attributes, "cannot pin a BPF object as " + path);
    }
  }

  static int get(Path path) throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = arena.allocate(16, 8);
      attributes.set(ADDRESS, 0, arena.allocateFrom(path.toString()));
      return SystemCalls.bpf(OBJ_GET, attributes, "cannot open the BPF object " + path);
    }
  }

  /** What the kernel tells; bytes that it does not know stay 0. */
  static MemorySegment info(Arena arena, int descriptor, int length) throws KernelException {
    MemorySegment info = arena.allocate(length, 8);
    MemorySegment attributes = arena.allocate(16, 8);
    attributes.set(JAVA_INT, 0, descriptor);
    attributes.set(JAVA_INT, 4, length);
    attributes.set(ADDRESS, 8, info);
    SystemCalls.bpf(OBJ_INFO, attributes, "cannot ask about a BPF object");
    return info;
  }

  static void name(MemorySegment attributes, int offset, String name) {
    byte[] text = name.getBytes(StandardCharsets.US_ASCII);
    MemorySegment.copy(text, 0, attributes, JAVA_BYTE, offset, Math.min(NAME, text.length));
  }
}
