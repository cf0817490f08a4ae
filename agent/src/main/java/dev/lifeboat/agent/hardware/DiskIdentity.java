package dev.lifeboat.agent.hardware;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What a disk is recognised by: WWN or serial, a loop device's file, else its place on the bus. */
public final class DiskIdentity {
  private static final Path BLOCK = Path.of("/sys/block");
  private static final List<String> NAMES =
      List.of("device/wwid", "wwid", "device/serial", "serial", "loop/backing_file");

  private DiskIdentity() {}

  /** The identity of a device; empty if it is none. */
  public static Optional<String> find(Path device) throws IOException {
    if (!Files.exists(device)) {
      return Optional.empty();
    }
    Path block = BLOCK.resolve(device.toRealPath().getFileName());
    if (!Files.isDirectory(block)) {
      return Optional.empty();
    }
    for (String name : NAMES) {
      Path file = block.resolve(name);
      if (Files.isReadable(file)) {
        String text = Files.readString(file).strip();
        if (!text.isEmpty()) {
          return Optional.of(file.getFileName() + ":" + text);
        }
      }
    }
    return Optional.of("path:" + block.toRealPath());
  }

  /**
   * The disks that are this machine's own: no partition, nothing stacked upon others or held in
   * memory, nothing that can be taken out, and nothing that is empty.
   */
  public static List<Path> ownDisks() throws IOException {
    try (Stream<Path> all = Files.list(BLOCK)) {
      return all.filter(DiskIdentity::isOwn)
          .map(block -> Path.of("/dev").resolve(block.getFileName()))
          .filter(Files::exists)
          .sorted()
          .toList();
    }
  }

  private static boolean isOwn(Path block) {
    return Files.exists(block.resolve("device"))
        && !Attributes.readIfAny(block.resolve("removable")).equals(Optional.of("1"))
        && !Attributes.readIfAny(block.resolve("hidden")).equals(Optional.of("1"))
        && !Attributes.readIfAny(block.resolve("size")).equals(Optional.of("0"));
  }

  /** Every disk of the machine. */
  public static List<Path> devices() throws IOException {
    try (Stream<Path> all = Files.list(BLOCK)) {
      return all.map(block -> Path.of("/dev").resolve(block.getFileName())).sorted().toList();
    }
  }
}
