package dev.lifeboat.testbed.machine;

import dev.lifeboat.testbed.process.Command;
import dev.lifeboat.testbed.process.ProjectFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The disks that a guest starts its life with, built from Debian packages by {@code
 * testbed/machine/build} or taken from its cache; nobody changes them there. Immutable.
 */
public final class MachineImage {
  /** Packages may come over a slow line, and other builds may come first. */
  private static final Duration LONGEST_BUILD = Duration.ofMinutes(20);

  private final Path folder;

  private MachineImage(Path folder) {
    this.folder = folder;
  }

  /** Debian with systemd; up in about a minute. */
  public static MachineImage debian() throws IOException {
    return built("debian");
  }

  /** Debian's kernel and busybox; up in seconds. */
  public static MachineImage busybox() throws IOException {
    return built("busybox");
  }

  private static MachineImage built(String kind) throws IOException {
    Path script = ProjectFolder.root().resolve("testbed/machine/build");
    Command.Result built = Command.attempt(List.of(script.toString(), kind), LONGEST_BUILD);
    String last = built.output().lines().reduce("", (_, line) -> line);
    if (built.exitCode() != 0) {
      throw new IOException(last);
    }
    return new MachineImage(Path.of(last));
  }

  /** What lets root in by SSH. */
  Path sshKey() {
    return folder.resolve("ssh.key");
  }

  /** The disk that boots, as it is in the cache: to be read only. */
  public Path bootDisk() {
    return folder.resolve("disk.img");
  }

  /** The second disk, as it is in the cache: to be read only. */
  public Path dataDisk() {
    return folder.resolve("data.img");
  }

  /** Copies a disk file, holes as holes, into a file of its own that may be written. */
  static void copy(Path from, Path to) throws IOException {
    Command.run(
        "cp",
        "--sparse=always",
        "--reflink=auto",
        "--no-preserve=mode",
        from.toString(),
        to.toString());
  }
}
