package dev.lifeboat.agent.hardware;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A machine that is described by a directory, for tests and rehearsals: {@code product_uuid},
 * {@code board_serial}, {@code chassis_serial}, {@code disk_serials} (one a line), {@code boot_id},
 * {@code boot_nanos}, {@code wall_millis}. What is missing is absent; boot and clocks are the real
 * ones then. Files are read when they are asked for, the boot id once. Thread-safe.
 */
public final class FileMachine implements Machine {
  private static final Path REAL_BOOT = Path.of("/proc/sys/kernel/random/boot_id");

  private final Path directory;
  private final Clock wall;
  private final UUID bootId;

  /** Over a directory, which must be there: a wrong path is no machine without hardware. */
  public FileMachine(Path directory, Clock wall) {
    if (!Files.isDirectory(directory)) {
      throw new IllegalArgumentException(
          "hardware.directory: " + directory + " is not a directory");
    }
    this.directory = directory;
    this.wall = wall;
    this.bootId =
        Attributes.bootId(directory.resolve("boot_id"))
            .or(() -> Attributes.bootId(REAL_BOOT))
            .orElseThrow(() -> new IllegalStateException("no boot_id in " + directory));
  }

  @Override
  public Optional<String> productUuid() {
    return Attributes.read(directory.resolve("product_uuid"));
  }

  @Override
  public Optional<String> boardSerial() {
    return Attributes.read(directory.resolve("board_serial"));
  }

  @Override
  public Optional<String> chassisSerial() {
    return Attributes.read(directory.resolve("chassis_serial"));
  }

  @Override
  public List<String> diskSerials() {
    return Attributes.lines(directory.resolve("disk_serials"));
  }

  @Override
  public UUID bootId() {
    return bootId;
  }

  @Override
  public long bootNanos() {
    return Attributes.read(directory.resolve("boot_nanos"))
        .map(Long::parseLong)
        .orElseGet(BootClock::nanos);
  }

  @Override
  public long wallMillis() {
    return Attributes.read(directory.resolve("wall_millis"))
        .map(Long::parseLong)
        .orElseGet(wall::millis);
  }
}
