package dev.lifeboat.vault.hydrate;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A block device opened with O_EXCL, which the kernel refuses while it is mounted, part of
 * something else, or held by another program. The JDK cannot ask for that.
 */
final class ExclusiveDevice implements Closeable {

  private static final int O_RDWR_EXCL_CLOEXEC = 2 | 0x80 | 0x80000;
  private static final int ZERO_RANGE_KEEP_SIZE = 0x10 | 0x01;
  private static final int EBUSY = 16;
  private static final int S_IFMT = 0xF000;
  private static final int S_IFBLK = 0x6000;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final MethodHandle OPEN =
      call(
          "open",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle FALLOCATE =
      call(
          "fallocate",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG));
  private static final MethodHandle CLOSE =
      call("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

  private final int descriptor;

  private ExclusiveDevice(int descriptor) {
    this.descriptor = descriptor;
  }

  static boolean isBlockDevice(Path path) throws IOException {
    try {
      return ((int) Files.getAttribute(path, "unix:mode") & S_IFMT) == S_IFBLK;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  static ExclusiveDevice open(Path device) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int descriptor =
          (int) OPEN.invokeExact(state, arena.allocateFrom(device.toString()), O_RDWR_EXCL_CLOEXEC);
      if (descriptor >= 0) {
        return new ExclusiveDevice(descriptor);
      }
      int errno = (int) ERRNO.get(state, 0L);
      throw new TargetException(
          errno == EBUSY
              ? device + " is mounted or in use; unmount it, or use another one"
              : device + " cannot be opened for writing (errno " + errno + "); check its rights");
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("open(2) cannot be called", e);
    }
  }

  /** Makes a range zeros; false where the device cannot. */
  boolean zeroRange(long offset, long length) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      return (int) FALLOCATE.invokeExact(state, descriptor, ZERO_RANGE_KEEP_SIZE, offset, length)
          == 0;
    } catch (Throwable e) {
      throw new IllegalStateException("fallocate(2) cannot be called", e);
    }
  }

  @Override
  public void close() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      int result = (int) CLOSE.invokeExact(arena.allocate(STATE), descriptor);
      if (result != 0) {
        throw new IOException("the device could not be closed");
      }
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("close(2) cannot be called", e);
    }
  }

  private static MethodHandle call(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    Linker.Option[] all = new Linker.Option[options.length + 1];
    all[0] = Linker.Option.captureCallState("errno");
    System.arraycopy(options, 0, all, 1, options.length);
    return LINKER.downcallHandle(LINKER.defaultLookup().find(name).orElseThrow(), descriptor, all);
  }
}
