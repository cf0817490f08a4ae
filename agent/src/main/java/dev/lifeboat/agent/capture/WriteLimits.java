package dev.lifeboat.agent.capture;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Whether a control group limits writes to a disk. A write that is held back so waits, for minutes
 * if need be, without a request that the kernel would count as under way. Looks through the control
 * groups, but not more often than every ten seconds; one thread.
 *
 * <p>Source: Linux, Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/blkio-controller.rst.
 */
final class WriteLimits implements BooleanSupplier {
  private static final long BETWEEN_LOOKS_NANOS = 10_000_000_000L;
  private static final Set<String> FILES =
      Set.of(
          "io.max",
          "io.latency",
          "io.cost.qos",
          "blkio.throttle.write_bps_device",
          "blkio.throttle.write_iops_device");

  private final Path controlGroups;
  private final Path sysfs;
  private final LongSupplier clock;
  private long lookedAt;
  private boolean looked;
  private boolean limited;

  /** Of the disk whose folder in sysfs is given. */
  WriteLimits(Path controlGroups, Path sysfs, LongSupplier clock) {
    this.controlGroups = controlGroups;
    this.sysfs = sysfs;
    this.clock = clock;
  }

  /** What cannot be read counts as a limit. */
  @Override
  public boolean getAsBoolean() {
    long now = clock.getAsLong();
    if (!looked || now - lookedAt >= BETWEEN_LOOKS_NANOS) {
      looked = true;
      lookedAt = now;
      limited = look();
    }
    return limited;
  }

  private boolean look() {
    try {
      Search search = new Search(Files.readString(sysfs.resolve("dev")).strip() + " ");
      Files.walkFileTree(controlGroups, search);
      return search.found;
    } catch (IOException e) {
      return true;
    }
  }

  private static final class Search extends SimpleFileVisitor<Path> {
    private final String disk;
    private boolean found;

    Search(String disk) {
      this.disk = disk;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      if (FILES.contains(file.getFileName().toString())) {
        try {
          found = Files.readString(file).lines().anyMatch(this::limits);
        } catch (IOException e) {
          return FileVisitResult.CONTINUE; // the group was removed meanwhile
        }
      }
      return found ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
    }

    private boolean limits(String line) {
      return line.startsWith(disk) && !line.contains("enable=0");
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, IOException e) {
      return FileVisitResult.CONTINUE;
    }
  }
}
