package dev.lifeboat.agent.kernel;

import java.nio.file.Path;

/**
 * A directory that one process at a time works in: held until closed, or until the process is gone,
 * however it went. Leaves no file, so it also works where there can be none, as on a bpf file
 * system. Also holds against other locks of the same process.
 */
public final class DirectoryLock implements AutoCloseable {
  private final int descriptor;

  private DirectoryLock(int descriptor) {
    this.descriptor = descriptor;
  }

  /**
   * Takes the lock of a directory, which must exist.
   *
   * @param held what to say where another process has it
   * @throws HeldException where another process has it
   */
  public static DirectoryLock take(Path directory, String held)
      throws HeldException, KernelException {
    int descriptor = SystemCalls.open(directory, SystemCalls.O_RDONLY);
    try {
      SystemCalls.lock(descriptor);
      return new DirectoryLock(descriptor);
    } catch (KernelException e) {
      SystemCalls.close(descriptor);
      if (e.errno() == Errno.EAGAIN) {
        throw new HeldException(held);
      }
      throw e;
    }
  }

  @Override
  public void close() {
    SystemCalls.close(descriptor);
  }
}
