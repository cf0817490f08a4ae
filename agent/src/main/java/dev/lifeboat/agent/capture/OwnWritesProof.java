package dev.lifeboat.agent.capture;

import dev.lifeboat.wire.journal.DirectIo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Whether the writes of our own journal are recognised: dm-crypt and btrfs write from threads of
 * their own, so that a journal there would feed itself.
 */
final class OwnWritesProof {
  private static final int PAGE = 4096;

  private OwnWritesProof() {}

  /**
   * Writes a page where the journal is to be.
   *
   * @param recognised bytes that were recognised so far
   */
  static boolean holds(
      Path directory, List<CapturedDisk> disks, OwnWrites ownWrites, LongSupplier recognised)
      throws IOException {
    if (!mayReach(directory, disks)) {
      return true;
    }
    Path file = Files.createTempFile(directory, "own-writes", ".tmp");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, DirectIo.DIRECT)) {
      ByteBuffer page = ByteBuffer.allocateDirect(2 * PAGE).alignedSlice(PAGE).limit(PAGE);
      long before = recognised.getAsLong();
      ownWrites.run(() -> {
        int ignored = channel.write(page, 0);
      });
      return recognised.getAsLong() - before >= PAGE;
    } finally {
      Files.delete(file);
    }
  }

  /** Whether a directory is on a captured disk, or on something that may stand on one. */
  static boolean mayReach(Path directory, List<CapturedDisk> disks) throws IOException {
    long device = ((Number) Files.getAttribute(directory, "unix:dev")).longValue();
    Path link = BlockDevice.link(device);
    if (!Files.exists(link)) {
      return true;
    }
    Path sysfs = link.toRealPath();
    if (Files.exists(sysfs.resolve("partition"))) {
      sysfs = sysfs.getParent();
    }
    String name = sysfs.getFileName().toString();
    Path slaves = sysfs.resolve("slaves");
    if (Files.isDirectory(slaves)) {
      try (Stream<Path> below = Files.list(slaves)) {
        if (below.findAny().isPresent()) {
          return true;
        }
      }
    }
    return disks.stream().anyMatch(disk -> disk.device().getFileName().toString().equals(name));
  }
}
