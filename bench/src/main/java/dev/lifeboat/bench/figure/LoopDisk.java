package dev.lifeboat.bench.figure;

import dev.lifeboat.wire.journal.DirectIo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file as a disk of this machine, so that the kernel's own capture sees what is written to it.
 */
final class LoopDisk implements AutoCloseable {
  private static final int ALIGNMENT = 4096;

  private final Path work;
  private final Path device;

  private LoopDisk(Path work, Path device) {
    this.work = work;
    this.device = device;
  }

  static LoopDisk of(Path work, Path image) throws IOException, InterruptedException {
    String said =
        Programs.run(work, "losetup", "--find", "--show", image.toString()).output().strip();
    return new LoopDisk(work, Path.of(said));
  }

  Path device() {
    return device;
  }

  /** For writes that reach the disk one by one, each as large as it is made. */
  FileChannel direct() throws IOException {
    return FileChannel.open(device, StandardOpenOption.WRITE, DirectIo.DIRECT);
  }

  /** A buffer that direct writes may come from. */
  static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocateDirect(bytes + ALIGNMENT).alignedSlice(ALIGNMENT).limit(bytes);
  }

  @Override
  public void close() throws IOException {
    try {
      Programs.run(work, "losetup", "--detach", device.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while detaching " + device, e);
    }
  }
}
