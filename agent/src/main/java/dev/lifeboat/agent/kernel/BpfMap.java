package dev.lifeboat.agent.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * A map of the kernel. Its content lives as long as a descriptor, a pin or a program holds it;
 * closing gives back only the descriptor. Thread-safe.
 */
public final class BpfMap implements AutoCloseable {
  /** Kinds of maps. */
  public enum Kind {
    /** Any key. */
    HASH(1),
    /** Values by index. */
    ARRAY(2),
    /** Programs to tail-call. */
    PROGRAM_ARRAY(3),
    /** A value per CPU. */
    PER_CPU_ARRAY(6),
    /** Records in one order for all CPUs. */
    RING(27);

    private final int number;

    Kind(int number) {
      this.number = number;
    }
  }

  /** What a map is made of; {@code mappable} is for arrays. */
  public record Shape(Kind kind, int keySize, int valueSize, int entries, boolean mappable) {
    /** An array that both sides can write to. */
    public static Shape shared(int valueSize, int entries) {
      return new Shape(Kind.ARRAY, 4, valueSize, entries, true);
    }

    /** A ring of so many bytes, a power of two. */
    public static Shape ring(int bytes) {
      return new Shape(Kind.RING, 0, 0, bytes, false);
    }
  }

  private static final int CREATE = 0;
  private static final int UPDATE = 2;
  private static final int DELETE = 3;
  private static final int MAPPABLE = 1 << 10;
  private static final int INFO_BYTES = 80;

  private final int descriptor;

  private BpfMap(int descriptor) {
    this.descriptor = descriptor;
  }

  /** Creates a map; {@code name} is for those who look, 15 characters. */
  public static BpfMap create(Shape shape, String name) throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = arena.allocate(72, 8);
      attributes.set(JAVA_INT, 0, shape.kind.number);
      attributes.set(JAVA_INT, 4, shape.keySize);
      attributes.set(JAVA_INT, 8, shape.valueSize);
      attributes.set(JAVA_INT, 12, shape.entries);
      attributes.set(JAVA_INT, 16, shape.mappable ? MAPPABLE : 0);
      PinnedObjects.name(attributes, 28, name);
      return new BpfMap(SystemCalls.bpf(CREATE, attributes, "cannot create the BPF map " + name));
    }
  }

  /** A map that was pinned. */
  public static BpfMap open(Path pin) throws KernelException {
    return new BpfMap(PinnedObjects.get(pin));
  }

  /** Keeps the map beyond this process. */
  public void pin(Path path) throws KernelException {
    PinnedObjects.pin(descriptor, path);
  }

  int descriptor() {
    return descriptor;
  }

  /** Bytes of the memory that {@link #map} shows, as the kernel rounds them. */
  public Shape shape() throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = PinnedObjects.info(arena, descriptor, INFO_BYTES);
      int kind = info.get(JAVA_INT, 0);
      for (Kind known : Kind.values()) {
        if (known.number == kind) {
          return new Shape(
              known,
              info.get(JAVA_INT, 8),
              info.get(JAVA_INT, 12),
              info.get(JAVA_INT, 16),
              (info.get(JAVA_INT, 20) & MAPPABLE) != 0);
        }
      }
      throw new KernelException("a BPF map of a kind that is not ours: " + kind, Errno.EINVAL);
    }
  }

  /** Puts a value; for a program array, the descriptor of a program. */
  public void put(byte[] key, byte[] value) throws KernelException {
    element(UPDATE, key, value, "cannot write to a BPF map");
  }

  /** Takes an entry out. */
  public void remove(byte[] key) throws KernelException {
    element(DELETE, key, new byte[0], "cannot delete from a BPF map");
  }

  private void element(int command, byte[] key, byte[] value, String what) throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = arena.allocate(32, 8);
      attributes.set(JAVA_INT, 0, descriptor);
      attributes.set(ADDRESS, 8, copy(arena, key));
      if (command == UPDATE) {
        attributes.set(ADDRESS, 16, copy(arena, value));
      }
      SystemCalls.bpf(command, attributes, what);
    }
  }

  private static MemorySegment copy(Arena arena, byte[] bytes) {
    MemorySegment copy = arena.allocate(Math.max(8, bytes.length), 8);
    MemorySegment.copy(bytes, 0, copy, JAVA_BYTE, 0, bytes.length);
    return copy;
  }

  /** Sets a program of a program array. */
  public void put(int index, BpfProgram program) throws KernelException {
    put(bytes(index), bytes(program.descriptor()));
  }

  private static byte[] bytes(int value) {
    byte[] bytes = new byte[4];
    MemorySegment.ofArray(bytes).set(JAVA_INT.withByteAlignment(1), 0, value);
    return bytes;
  }

  /** The key or value of 8 bytes. */
  public static byte[] bytes(long value) {
    byte[] bytes = new byte[8];
    MemorySegment.ofArray(bytes).set(JAVA_LONG.withByteAlignment(1), 0, value);
    return bytes;
  }

  /** Shows the memory of an array, or a part of a ring. The caller closes it. */
  public Mapping map(long offset, long length, boolean writable) throws KernelException {
    return SystemCalls.map(descriptor, offset, length, writable);
  }

  @Override
  public void close() {
    SystemCalls.close(descriptor);
  }
}
