package dev.lifeboat.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * The few system calls that Java does not offer. Each failure is a {@link KernelException} that
 * carries errno and says what was tried. Thread-safe.
 */
public final class SystemCalls {
  /** Flags of open(2). */
  public static final int O_RDONLY = 0;

  /** Flags of open(2). */
  public static final int O_RDWR = 2;

  /** Flags of open(2). */
  public static final int O_CREAT = 0100;

  private static final int O_CLOEXEC = 02000000;
  private static final int CLOCK_BOOTTIME = 7;
  private static final int LOCK_EX_NB = 2 | 4;
  private static final long BLKGETSIZE64 = 0x80081272L;
  private static final long BLKSSZGET = 0x1268L;
  private static final boolean ARM = System.getProperty("os.arch").equals("aarch64");
  private static final long NR_GETTID = ARM ? 178 : 186;
  private static final long NR_BPF = ARM ? 280 : 321;

  private SystemCalls() {}

  /** Opens a file; the caller closes it. */
  public static int open(Path path, int flags) throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Native.state(arena);
      MemorySegment name = arena.allocateFrom(path.toString());
      int fd = (int) Native.OPEN.invokeExact(state, name, flags | O_CLOEXEC, 0600);
      return (int) checked(fd, state, "cannot open " + path);
    } catch (KernelException e) {
      throw e;
    } catch (Throwable e) {
      throw Native.impossible(e);
    }
  }

  /** Closes a descriptor; what close(2) answers is of no use. */
  public static void close(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      int ignored = (int) Native.CLOSE.invokeExact(Native.state(arena), fd);
    } catch (Throwable e) {
      throw Native.impossible(e);
    }
  }

  /** Bytes of an open block device. */
  public static long deviceSize(int fd) throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(JAVA_LONG);
      ioctl(arena, fd, BLKGETSIZE64, value, "cannot ask for the size of the device");
      return value.get(JAVA_LONG, 0);
    }
  }

  /** Bytes of a logical sector of an open block device. */
  public static int sectorSize(int fd) throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(JAVA_INT);
      ioctl(arena, fd, BLKSSZGET, value, "cannot ask for the sector size of the device");
      return value.get(JAVA_INT, 0);
    }
  }

  private static void ioctl(Arena arena, int fd, long request, MemorySegment value, String what)
      throws KernelException {
    try {
      MemorySegment state = Native.state(arena);
      checked((int) Native.IOCTL.invokeExact(state, fd, request, value), state, what);
    } catch (KernelException e) {
      throw e;
    } catch (Throwable e) {
      throw Native.impossible(e);
    }
  }

  /** Takes the lock of an open file, or fails with {@link Errno#EAGAIN} where it is held. */
  public static void lock(int fd) throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Native.state(arena);
      checked((int) Native.FLOCK.invokeExact(state, fd, LOCK_EX_NB), state, "cannot take the lock");
    } catch (KernelException e) {
      throw e;
    } catch (Throwable e) {
      throw Native.impossible(e);
    }
  }

  /** Maps a file or a BPF map, shared. */
  public static Mapping map(int fd, long offset, long length, boolean writable)
      throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Native.state(arena);
      int protection = writable ? 3 : 1;
      MemorySegment address =
          (MemorySegment)
              Native.MMAP.invokeExact(state, MemorySegment.NULL, length, protection, 1, fd, offset);
      checked(address.address() == -1 ? -1 : 0, state, "cannot map memory");
      return new Mapping(address, length);
    } catch (KernelException e) {
      throw e;
    } catch (Throwable e) {
      throw Native.impossible(e);
    }
  }

  static void unmap(MemorySegment memory) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Native.state(arena);
      int ignored = (int) Native.MUNMAP.invokeExact(state, memory, memory.byteSize());
    } catch (Throwable e) {
      throw Native.impossible(e);
    }
  }

  /** Mounts a kernel file system that needs no device, as {@code bpf}. */
  public static void mount(String type, Path target) throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Native.state(arena);
      MemorySegment name = arena.allocateFrom(type);
      MemorySegment where = arena.allocateFrom(target.toString());
      int result = (int) Native.MOUNT.invokeExact(state, name, where, name, 0L, MemorySegment.NULL);
      checked(result, state, "cannot mount a " + type + " file system at " + target);
    } catch (KernelException e) {
      throw e;
    } catch (Throwable e) {
      throw Native.impossible(e);
    }
  }

  /** Takes a mount away. */
  public static void unmount(Path target) throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Native.state(arena);
      MemorySegment where = arena.allocateFrom(target.toString());
      checked((int) Native.UMOUNT.invokeExact(state, where), state, "cannot unmount " + target);
    } catch (KernelException e) {
      throw e;
    } catch (Throwable e) {
      throw Native.impossible(e);
    }
  }

  /** The kernel's number of the calling thread, which must not be a virtual one. */
  public static int threadId() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Native.state(arena);
      return (int) (long) Native.SYSCALL.invokeExact(state, NR_GETTID, 0L, MemorySegment.NULL, 0L);
    } catch (Throwable e) {
      throw Native.impossible(e);
    }
  }

  /** CLOCK_BOOTTIME in nanoseconds: it counts on while the machine sleeps, and is never set. */
  public static long bootNanos() throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Native.state(arena);
      MemorySegment time = arena.allocate(JAVA_LONG, 2);
      int result = (int) Native.CLOCK_GETTIME.invokeExact(state, CLOCK_BOOTTIME, time);
      checked(result, state, "cannot read the clock of the boot");
      return time.getAtIndex(JAVA_LONG, 0) * 1_000_000_000L + time.getAtIndex(JAVA_LONG, 1);
    } catch (KernelException e) {
      throw e;
    } catch (Throwable e) {
      throw Native.impossible(e);
    }
  }

  static int bpf(int command, MemorySegment attributes, String what) throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = Native.state(arena);
      long result =
          (long)
              Native.SYSCALL.invokeExact(
                  state, NR_BPF, (long) command, attributes, attributes.byteSize());
      return (int) checked(result, state, what);
    } catch (KernelException e) {
      throw e;
    } catch (Throwable e) {
      throw Native.impossible(e);
    }
  }

  private static long checked(long result, MemorySegment state, String what)
      throws KernelException {
    if (result < 0) {
      throw new KernelException(what, Native.errno(state));
    }
    return result;
  }
}
