package dev.lifeboat.agent.hardware;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The real machine, as sysfs and procfs show it. Needs root: the kernel shows serials to nobody
 * else, and "not permitted" is an error here, not an absence. Immutable.
 */
public final class LinuxMachine implements Machine {
  private static final List<String> DISK_IDS =
      List.of("serial", "device/serial", "wwid", "device/wwid");

  private final Path dmi;
  private final Path disks;
  private final UUID bootId;
  private final Clock wall;

  /** The machine that this process runs on. */
  public LinuxMachine(Clock wall) {
    this(Path.of("/"), wall);
  }

  LinuxMachine(Path root, Clock wall) {
    this.dmi = root.resolve("sys/class/dmi/id");
    this.disks = root.resolve("sys/block");
    Path boot = root.resolve("proc/sys/kernel/random/boot_id");
    this.bootId =
        Attributes.bootId(boot)
            .orElseThrow(() -> new IllegalStateException(boot + " is missing: is /proc mounted?"));
    this.wall = wall;
  }

  @Override
  public Optional<String> productUuid() {
    return Attributes.read(dmi.resolve("product_uuid"));
  }

  @Override
  public Optional<String> boardSerial() {
    return Attributes.read(dmi.resolve("board_serial"));
  }

  @Override
  public Optional<String> chassisSerial() {
    return Attributes.read(dmi.resolve("chassis_serial"));
  }

  @Override
  public List<String> diskSerials() {
    try (Stream<Path> all = Files.list(disks)) {
      return all.filter(LinuxMachine::belongsToTheMachine)
          .flatMap(disk -> serial(disk).stream())
          .distinct()
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list the disks in " + disks, e);
    }
  }

  /** Stacked and virtual disks have no device behind them; a stick belongs to who carries it. */
  private static boolean belongsToTheMachine(Path disk) {
    boolean removable = Attributes.readIfAny(disk.resolve("removable")).equals(Optional.of("1"));
    return !removable && Files.exists(disk.resolve("device"));
  }

  private static Optional<String> serial(Path disk) {
    return DISK_IDS.stream()
        .flatMap(name -> Attributes.readIfAny(disk.resolve(name)).stream())
        .findFirst();
  }

  @Override
  public UUID bootId() {
    return bootId;
  }

  @Override
  public long bootNanos() {
    return BootClock.nanos();
  }

  @Override
  public long wallMillis() {
    return wall.millis();
  }
}
