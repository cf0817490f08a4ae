package dev.lifeboat.agent.capture;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/**
 * A disk of the running kernel for tests: a loop device on a sparse file, which stays when it is
 * closed. Root only.
 */
public final class LoopDisk implements AutoCloseable {
  private final Path file;
  private final Path device;

  private LoopDisk(Path file, Path device) {
    this.file = file;
    this.device = device;
  }

  /** Makes one. */
  public static LoopDisk create(Path directory, String name, long bytes) throws IOException {
    Path file = directory.resolve(name + ".img");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(bytes);
    }
    String device = Shell.run("losetup", "-f", "--show", "-P", file.toString());
    // A number keeps this flag from whoever had it before.
    Shell.run("blockdev", "--setrw", device);
    return new LoopDisk(file, Path.of(device));
  }

  /** Its node. */
  public Path device() {
    return device;
  }

  /** What it is kept in. */
  public Path file() {
    return file;
  }

  /** Its name in the kernel. */
  public String name() {
    return device.getFileName().toString();
  }

  /** The disk to protect, under an id. */
  public ProtectedDisk as(int id) {
    return new ProtectedDisk(id, device, "test-" + id);
  }

  @Override
  public void close() throws IOException {
    Shell.run("losetup", "-d", device.toString());
  }
}
