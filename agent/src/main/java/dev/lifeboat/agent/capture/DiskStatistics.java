package dev.lifeboat.agent.capture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What the kernel itself counts of a disk.
 *
 * @param written bytes of completed writes and write-zeroes
 * @param discarded bytes of completed discards
 * @param inFlight requests and writes under way
 */
record DiskStatistics(long written, long discarded, long inFlight) {
  private static final int SECTOR = 512;

  static DiskStatistics read(Path sysfs) throws IOException {
    String[] stat = Files.readString(sysfs.resolve("stat")).strip().split("\\s+", -1);
    String[] driver = Files.readString(sysfs.resolve("inflight")).strip().split("\\s+", -1);
    return new DiskStatistics(
        Long.parseLong(stat[6]) * SECTOR,
        stat.length > 13 ? Long.parseLong(stat[13]) * SECTOR : 0,
        Long.parseLong(stat[8]) + Long.parseLong(driver[1]));
  }

  /** Makes the kernel count. */
  static void turnOn(Path sysfs) throws IOException {
    Path iostats = sysfs.resolve("queue/iostats");
    if (!Files.readString(iostats).strip().equals("1")) {
      Files.writeString(iostats, "1", StandardOpenOption.WRITE);
    }
  }
}
