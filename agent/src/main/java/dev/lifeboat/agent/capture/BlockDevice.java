package dev.lifeboat.agent.capture;

import dev.lifeboat.agent.kernel.KernelException;
import dev.lifeboat.agent.kernel.SystemCalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A whole disk as sysfs shows it.
 *
 * @param key what the programs tell it by: its sequence number, else its device number
 */
record BlockDevice(Path node, Path sysfs, long key, long size, int sectorSize) {
  private static final int SECTOR = 512;

  /** Looks at a device; refuses what cannot be captured. */
  static BlockDevice inspect(Path node, boolean bySequence) throws IOException {
    Path sysfs = sysfs(node);
    refuseUnlessCapturable(node, sysfs);
    int descriptor = open(node);
    try {
      long size = SystemCalls.deviceSize(descriptor);
      if (size == 0) {
        throw new CaptureRefusedException(node + " has no size: insert or attach its medium");
      }
      return new BlockDevice(
          node, sysfs, key(sysfs, bySequence), size, SystemCalls.sectorSize(descriptor));
    } finally {
      SystemCalls.close(descriptor);
    }
  }

  private static int open(Path node) throws CaptureRefusedException {
    try {
      return SystemCalls.open(node, SystemCalls.O_RDONLY);
    } catch (KernelException e) {
      throw new CaptureRefusedException(
          node + " cannot be opened: run as root and check that the device is there", e);
    }
  }

  private static Path sysfs(Path node) throws IOException {
    if (!Files.exists(node)) {
      throw new CaptureRefusedException("there is no device " + node + ": name one of lsblk");
    }
    long device;
    try {
      device = ((Number) Files.getAttribute(node, "unix:rdev")).longValue();
    } catch (IOException e) {
      throw new CaptureRefusedException(node + " cannot be looked at: run as root", e);
    }
    Path link = link(device);
    if (!Files.exists(link)) {
      throw new CaptureRefusedException(node + " is no block device: name a disk of lsblk");
    }
    return link.toRealPath();
  }

  /** Where sysfs has the device of a number, if it has one. */
  static Path link(long device) {
    long major = (device >> 8 & 0xfff) | (device >> 32 & ~0xfffL);
    long minor = (device & 0xff) | (device >> 12 & ~0xffL);
    return Path.of("/sys/dev/block/" + major + ":" + minor);
  }

  private static void refuseUnlessCapturable(Path node, Path sysfs) throws IOException {
    if (Files.exists(sysfs.resolve("partition"))) {
      throw new CaptureRefusedException(
          node + " is a partition: name its disk " + sysfs.getParent().getFileName());
    }
    if (Files.exists(sysfs.resolve("dm"))) {
      throw new CaptureRefusedException(
          node + " is a device-mapper volume: name the disks below it");
    }
    if (Files.exists(sysfs.resolve("md"))) {
      throw new CaptureRefusedException(node + " is an md array: name the disks below it");
    }
    if (name(sysfs).startsWith("zram")) {
      throw new CaptureRefusedException(
          node + " is memory and gone with the next boot: name a disk");
    }
    if (!read(sysfs, "queue/zoned", "none").equals("none")) {
      throw new CaptureRefusedException(node + " is a zoned disk: those are not supported");
    }
    if (read(sysfs, "ro", "0").equals("1")) {
      throw new CaptureRefusedException(
          node + " is read-only: nothing can change on it, copy it once by other means");
    }
    if (!Files.isDirectory(sysfs.resolve("mq"))) {
      throw new CaptureRefusedException(
          node + " takes bios without requests, of which no completions are seen: not supported");
    }
  }

  /** The key that a device has now, or -1 where it is gone. */
  static long keyNow(Path node, boolean bySequence) {
    try {
      return key(sysfs(node), bySequence);
    } catch (IOException e) {
      return -1;
    }
  }

  /** Bytes that a device has now, or -1 where it is gone. */
  static long sizeNow(BlockDevice device) {
    try {
      return Long.parseLong(read(device.sysfs, "size", "-1")) * SECTOR;
    } catch (IOException e) {
      return -1;
    }
  }

  private static long key(Path sysfs, boolean bySequence) throws IOException {
    if (bySequence) {
      return Long.parseLong(read(sysfs, "diskseq", ""));
    }
    String numbers = read(sysfs, "dev", "");
    int colon = numbers.indexOf(':');
    return Long.parseLong(numbers.substring(0, colon))
        | Long.parseLong(numbers.substring(colon + 1)) << 32;
  }

  /** Its name in the kernel. */
  String name() {
    return name(sysfs);
  }

  private static String name(Path sysfs) {
    return sysfs.getFileName().toString();
  }

  private static String read(Path sysfs, String attribute, String otherwise) throws IOException {
    Path file = sysfs.resolve(attribute);
    return Files.exists(file) ? Files.readString(file).strip() : otherwise;
  }
}
