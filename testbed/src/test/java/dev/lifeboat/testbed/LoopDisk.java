package dev.lifeboat.testbed;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/** A block device of this machine over a file, with a file system if asked. Closing detaches it. */
final class LoopDisk implements AutoCloseable {

  private final Path file;
  private final String device;
  private Path mount;

  private LoopDisk(Path file, String device) {
    this.file = file;
    this.device = device;
  }

  /** A new, sparse disk of {@code mebibytes}. */
  static LoopDisk create(Path file, int mebibytes) throws IOException {
    Files.createDirectories(file.getParent());
    try (RandomAccessFile f = new RandomAccessFile(file.toFile(), "rw")) {
      f.setLength(0);
      f.setLength((long) mebibytes << 20);
    }
    return attach(file);
  }

  /** The device of an image that is there. */
  static LoopDisk attach(Path image) {
    String device =
        Command.run("losetup", "--find", "--show", "--direct-io=on", image.toString()).trim();
    return new LoopDisk(image, device);
  }

  String device() {
    return device;
  }

  Path file() {
    return file;
  }

  LoopDisk format(String fileSystem) {
    Command.run("mkfs." + fileSystem, fileSystem.equals("xfs") ? "-f" : "-q", device);
    return this;
  }

  Path mount(String... options) throws IOException {
    mount = Files.createDirectories(file.resolveSibling(file.getFileName() + ".mount"));
    if (options.length == 0) {
      Command.run("mount", device, mount.toString());
    } else {
      Command.run("mount", "-o", String.join(",", options), device, mount.toString());
    }
    return mount;
  }

  void unmount() {
    if (mount != null) {
      Command.run("umount", mount.toString());
      mount = null;
    }
  }

  @Override
  public void close() {
    if (mount != null) {
      Command.attempt("umount", mount.toString());
      mount = null;
    }
    Command.run("losetup", "--detach", device);
  }
}
