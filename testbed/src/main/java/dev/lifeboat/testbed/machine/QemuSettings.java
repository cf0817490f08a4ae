package dev.lifeboat.testbed.machine;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * The hardware of a virtual machine. Immutable.
 *
 * @param folder where its console log, its console socket and QEMU's own messages go; it exists
 * @param disks in the order in which the machine sees them; the first one boots
 * @param nics taps that exist in the namespace and are up
 * @param uuid what the firmware tells as the machine's SMBIOS UUID
 * @param memoryMiB the machine's memory
 * @param processors how many the machine has
 * @param launcher what runs QEMU where its taps are, such as {@code ip netns exec NAME}; may be
 *     empty
 */
public record QemuSettings(
    Path folder,
    List<Disk> disks,
    List<Nic> nics,
    UUID uuid,
    int memoryMiB,
    int processors,
    List<String> launcher) {

  private static final int LONGEST_SERIAL = 20;

  /** How a disk's bytes lie in its file. */
  public enum Format {
    RAW,
    QCOW2
  }

  /**
   * A virtio disk. Discards reach the file.
   *
   * @param serial what the machine reads as the disk's serial number, 20 characters at most; may be
   *     empty
   */
  public record Disk(Path file, Format format, String serial) {
    public Disk {
      Objects.requireNonNull(format);
      if (serial.length() > LONGEST_SERIAL) {
        throw new IllegalArgumentException("a virtio disk's serial has at most 20 characters");
      }
    }

    /** A raw file without a serial number. */
    public static Disk raw(Path file) {
      return new Disk(file, Format.RAW, "");
    }
  }

  /** A virtio network card on a tap device that exists. */
  public record Nic(String tap, String mac) {}

  public QemuSettings {
    disks = List.copyOf(disks);
    nics = List.copyOf(nics);
    launcher = List.copyOf(launcher);
    Objects.requireNonNull(uuid);
  }

  /**
   * A machine with 1 GiB and one processor, without a network. One: QEMU emulates atomic operations
   * of several at a price, and they wait for each other when the host is busy.
   */
  public static QemuSettings of(Path folder, List<Disk> disks, UUID uuid) {
    return new QemuSettings(folder, disks, List.of(), uuid, 1024, 1, List.of());
  }

  /** With network cards, in the namespace that the launcher enters. */
  public QemuSettings on(List<String> namespaceLauncher, Nic... cards) {
    return new QemuSettings(
        folder, disks, List.of(cards), uuid, memoryMiB, processors, namespaceLauncher);
  }

  /** With other memory and processors. */
  public QemuSettings sized(int newMemoryMiB, int newProcessors) {
    return new QemuSettings(folder, disks, nics, uuid, newMemoryMiB, newProcessors, launcher);
  }
}
