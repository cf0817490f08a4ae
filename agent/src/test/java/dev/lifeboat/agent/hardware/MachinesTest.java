package dev.lifeboat.agent.hardware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachinesTest {
  private static final UUID BOOT = new UUID(3, 4);
  private static final Path REAL_BOOT = Path.of("/proc/sys/kernel/random/boot_id");
  private static final Clock WALL = Clock.fixed(Instant.ofEpochMilli(5), ZoneOffset.UTC);

  @TempDir Path root;

  @BeforeEach
  void boot() throws IOException {
    put("proc/sys/kernel/random/boot_id", BOOT + "\n");
    Files.createDirectories(root.resolve("sys/block"));
  }

  private void put(String name, String text) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @Test
  void readsDmiAndDisks() throws IOException {
    put("sys/class/dmi/id/product_uuid", "564d8a3c-1b2d-4e5f-90ab-1122334455ff\n");
    put("sys/class/dmi/id/board_serial", " B1 \n");
    put("sys/class/dmi/id/chassis_serial", "\n");
    put("sys/block/vda/serial", "V1\n");
    Files.createDirectories(root.resolve("sys/block/vda/device"));
    put("sys/block/nvme0n1/device/serial", "N1   \n");
    put("sys/block/nvme0n1/wwid", "eui.1\n");
    put("sys/block/sda/device/wwid", "naa.6\n");
    put("sys/block/sdb/device/wwid", "naa.6\n");
    put("sys/block/sdc/removable", "1\n");
    put("sys/block/sdc/device/wwid", "stick\n");
    put("sys/block/loop0/serial", "L1\n");
    Machine machine = new LinuxMachine(root, WALL);
    assertThat(machine.productUuid()).contains("564d8a3c-1b2d-4e5f-90ab-1122334455ff");
    assertThat(machine.boardSerial()).contains("B1");
    assertThat(machine.chassisSerial()).isEmpty();
    assertThat(machine.diskSerials()).containsExactly("N1", "V1", "naa.6");
    assertThat(machine.bootId()).isEqualTo(BOOT);
    assertThat(machine.wallMillis()).isEqualTo(5);
  }

  @Test
  void aMachineWithoutDmiHasNoIdentity() {
    HardwareIdentity identity = HardwareIdentity.of(new LinuxMachine(root, WALL), Optional.empty());
    assertThat(identity.tellsNothing()).isTrue();
  }

  @Test
  void whatCannotBeReadIsNoAbsence() throws IOException {
    Files.createDirectories(root.resolve("sys/class/dmi/id/product_uuid"));
    assertThatThrownBy(() -> new LinuxMachine(root, WALL).productUuid())
        .hasMessageContaining("cannot read")
        .hasMessageContaining("product_uuid");
  }

  @Test
  void theRealMachineHasABootAndAClockThatCountsFromIt() throws IOException {
    Machine machine = new LinuxMachine(Clock.systemUTC());
    assertThat(machine.bootId()).hasToString(Files.readString(REAL_BOOT).strip());
    long first = machine.bootNanos();
    String line = Files.readString(Path.of("/proc/uptime"));
    double uptime = Double.parseDouble(line.substring(0, line.indexOf(' ')));
    assertThat(machine.bootNanos()).isGreaterThanOrEqualTo(first);
    assertThat(first / 1e9).isBetween(uptime - 5, uptime + 1);
  }

  @Test
  void filesDescribeAMachine() throws IOException {
    put("disk_serials", "D2\n\n D1\n");
    put("boot_id", BOOT + "\n");
    put("boot_nanos", "77\n");
    put("wall_millis", "88\n");
    Machine machine = new FileMachine(root, WALL);
    assertThat(machine.productUuid()).isEmpty();
    assertThat(machine.diskSerials()).containsExactly("D1", "D2");
    assertThat(machine.bootId()).isEqualTo(BOOT);
    assertThat(machine.bootNanos()).isEqualTo(77);
    assertThat(machine.wallMillis()).isEqualTo(88);
  }

  @Test
  void whatNoFileDescribesIsReal() throws IOException {
    Machine machine = new FileMachine(root, WALL);
    assertThat(machine.bootId()).hasToString(Files.readString(REAL_BOOT).strip());
    assertThat(machine.bootNanos()).isPositive();
    assertThat(machine.wallMillis()).isEqualTo(5);
    assertThatThrownBy(() -> new FileMachine(root.resolve("typo"), WALL))
        .hasMessageContaining("hardware.directory");
  }
}
