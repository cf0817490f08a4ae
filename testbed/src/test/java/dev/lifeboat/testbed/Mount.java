package dev.lifeboat.testbed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A mounted file system, of a device or of an image. Closing unmounts it. */
final class Mount implements AutoCloseable {

  private final Path directory;

  private Mount(Path directory) {
    this.directory = directory;
  }

  /** Makes a file system on the device or image, and leaves it unmounted. */
  static void format(String fileSystem, Path device) {
    Command.run("mkfs." + fileSystem, fileSystem.equals("xfs") ? "-f" : "-q", device.toString());
  }

  /** Mounts a device. */
  static Mount of(Path device, Path directory) throws IOException {
    Files.createDirectories(directory);
    Command.run("mount", device.toString(), directory.toString());
    return new Mount(directory);
  }

  /** Mounts an image, as a machine would that starts from it: its journal is replayed. */
  static Mount ofImage(Path image, Path directory) throws IOException {
    Files.createDirectories(directory);
    Command.run("mount", "-o", "loop", image.toString(), directory.toString());
    return new Mount(directory);
  }

  /** What the file system's own checker says of an image that was mounted once and unmounted. */
  static void check(Path image) {
    Command.run("e2fsck", "-f", "-n", image.toString());
  }

  Path directory() {
    return directory;
  }

  @Override
  public void close() {
    Command.run("umount", directory.toString());
  }
}
