package dev.lifeboat.agent.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** The C functions behind {@link SystemCalls}. Each takes a place for errno first. */
final class Native {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final AddressLayout P = ADDRESS;

  static final MethodHandle OPEN = variadic("open", 2, JAVA_INT, P, JAVA_INT, JAVA_INT);
  static final MethodHandle CLOSE = plain("close", JAVA_INT, JAVA_INT);
  static final MethodHandle IOCTL = variadic("ioctl", 2, JAVA_INT, JAVA_INT, JAVA_LONG, P);
  static final MethodHandle MMAP =
      plain("mmap", P, P, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
  static final MethodHandle MUNMAP = plain("munmap", JAVA_INT, P, JAVA_LONG);
  static final MethodHandle FLOCK = plain("flock", JAVA_INT, JAVA_INT, JAVA_INT);
  static final MethodHandle MOUNT = plain("mount", JAVA_INT, P, P, P, JAVA_LONG, P);
  static final MethodHandle UMOUNT = plain("umount", JAVA_INT, P);
  static final MethodHandle CLOCK_GETTIME = plain("clock_gettime", JAVA_INT, JAVA_INT, P);
  static final MethodHandle SYSCALL =
      variadic("syscall", 1, JAVA_LONG, JAVA_LONG, JAVA_LONG, P, JAVA_LONG);

  private Native() {}

  private static MethodHandle plain(String name, MemoryLayout result, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(result, arguments),
        Linker.Option.captureCallState("errno"));
  }

  private static MethodHandle variadic(
      String name, int fixed, MemoryLayout result, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(result, arguments),
        Linker.Option.firstVariadicArg(fixed),
        Linker.Option.captureCallState("errno"));
  }

  static MemorySegment state(SegmentAllocator arena) {
    return arena.allocate(STATE);
  }

  static int errno(MemorySegment state) {
    return (int) ERRNO.get(state, 0L);
  }

  /** A downcall throws nothing of its own; what else comes is a defect of ours. */
  static AssertionError impossible(Throwable cause) {
    return new AssertionError("a system call could not be made", cause);
  }
}
