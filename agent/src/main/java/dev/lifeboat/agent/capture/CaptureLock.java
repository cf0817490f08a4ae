package dev.lifeboat.agent.capture;

import dev.lifeboat.agent.kernel.Errno;
import dev.lifeboat.agent.kernel.KernelException;
import dev.lifeboat.agent.kernel.SystemCalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** One reader at a time: held until closed, or until the process is gone. */
final class CaptureLock implements AutoCloseable {
  private final int descriptor;

  private CaptureLock(int descriptor) {
    this.descriptor = descriptor;
  }

  static CaptureLock take(Path directory) throws IOException {
    Files.createDirectories(directory);
    Path file = directory.resolve("capture.lock");
    int descriptor = SystemCalls.open(file, SystemCalls.O_RDWR | SystemCalls.O_CREAT);
    try {
      SystemCalls.lock(descriptor);
      return new CaptureLock(descriptor);
    } catch (KernelException e) {
      SystemCalls.close(descriptor);
      throw e.errno() == Errno.EAGAIN
          ? new CaptureRefusedException(
              "another agent captures on this machine (it holds " + file + "): stop it first")
          : e;
    }
  }

  @Override
  public void close() {
    SystemCalls.close(descriptor);
  }
}
