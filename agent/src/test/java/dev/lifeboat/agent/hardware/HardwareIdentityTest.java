package dev.lifeboat.agent.hardware;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HardwareIdentityTest {
  private static final String UUID = "564d8a3c-1b2d-4e5f-90ab-1122334455ff";
  private static final String SWAPPED = "3c8a4d56-2d1b-5f4e-90ab-1122334455ff";

  @TempDir Path directory;

  /** A machine of UUID, board serial, chassis serial and disk serials, apart by slashes. */
  private HardwareIdentity machine(String uuid, String board, String chassis, String disks)
      throws IOException {
    return machine(uuid, board, chassis, disks, Optional.empty());
  }

  private HardwareIdentity machine(
      String uuid, String board, String chassis, String disks, Optional<String> named)
      throws IOException {
    put("product_uuid", uuid);
    put("board_serial", board);
    put("chassis_serial", chassis);
    put("disk_serials", disks.replace('/', '\n'));
    return HardwareIdentity.of(new FileMachine(directory, Clock.systemUTC()), named);
  }

  private void put(String name, String text) throws IOException {
    if (text.isEmpty()) {
      Files.deleteIfExists(directory.resolve(name));
    } else {
      Files.writeString(directory.resolve(name), text + "\n");
    }
  }

  private static boolean same(HardwareIdentity enrolled, HardwareIdentity now) {
    HardwareIdentity.Match match = enrolled.matches(now);
    assertThat(match.sentence()).isNotBlank();
    return match instanceof HardwareIdentity.Same;
  }

  @ParameterizedTest
  @CsvSource({
    UUID + "," + UUID + ",true",
    UUID + "," + SWAPPED + ",true",
    SWAPPED + "," + UUID + ",true",
    UUID + ",564D8A3C-1B2D-4E5F-90AB-1122334455FF,true",
    UUID + ",564d8a3c-1b2d-4e5f-90ab-1122334455fe,false",
    // Only whole fields are swapped, and all three of them.
    UUID + ",3c8a4d56-1b2d-4e5f-90ab-1122334455ff,false",
    UUID + ",564d8a3c-1b2d-4e5f-ab90-1122334455ff,false",
  })
  void theUuidDecidesInEitherByteOrder(String enrolled, String now, boolean same)
      throws IOException {
    assertThat(same(machine(enrolled, "B1", "C1", "D1"), machine(now, "B1", "C1", "D1")))
        .isEqualTo(same);
    assertThat(same(machine(enrolled, "B1", "C1", "D1"), machine(now, "B2", "C2", "D2")))
        .isEqualTo(same);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
        "fefefefe-fefe-fefe-fefe-fefefefefefe",
        "03000200-0400-0500-0006-000700080009",
        "00020003-0004-0005-0006-000700080009",
        "12345678-1234-5678-90ab-cddeefaabbcc",
        "12345678-1234-5678-90AB-CDDEEFAABBCC",
        "78563412-3412-7856-90ab-cddeefaabbcc",
        "4c4c4544-0000-2010-8020-80c04f202020",
        "Not Settable",
        "1-2-3-4-5",
      })
  void aDefaultUuidIsNone(String uuid) throws IOException {
    assertThat(machine(uuid, "", "", "").tellsNothing()).isTrue();
    assertThat(same(machine(uuid, "B1", "C1", "D1"), machine(uuid, "B2", "C2", "D2"))).isFalse();
    assertThat(same(machine(uuid, "B1", "C1", "D1"), machine(uuid, "B1", "C1", "D1"))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "None",
        "none ",
        "To be filled by O.E.M.",
        "To Be Filled By O.E.M.",
        "Default string",
        "Not Specified",
        "System Serial Number",
        "0",
        "00000000",
        "0 0 0",
        "........",
        "XXXXXXXX",
        "QM00001",
        "t10.ATA     QEMU HARDDISK                           QM00001",
        "0QEMU    QEMU HARDDISK   drive-scsi0",
        "drive-scsi0-0-0-1",
      })
  void aDefaultSerialIsNone(String serial) throws IOException {
    assertThat(machine("", serial, serial, serial).tellsNothing()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"J1", "S3Z9NB0K", "100", "naa.600508b1001c0001", "6000c29a-1"})
  void aSerialIsOne(String serial) throws IOException {
    assertThat(machine("", serial, "", "").tellsNothing()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "B1, C1, D1/D2, true",
    "b1, c1, d2/d1, true",
    // Disks were added: nothing of what was there went.
    "B1, C1, D1/D2/D3/D4/D5/D6, true",
    "B1, C1, D1, true",
    // Another board in the same box.
    "B2, C1, D1/D2, true",
    // Half is no majority.
    "B2, C2, D1/D2, false",
    "B1, C1, D3/D4, false",
    // The disks moved to another machine: one of four.
    "B2, C2, D1, false",
    "None, None, D3, false",
    // A serial counts only in its place.
    "C1, B1, D1/D2, false",
  })
  void serialsDecideByMajority(String board, String chassis, String disks, boolean same)
      throws IOException {
    HardwareIdentity enrolled = machine("", "B1", "C1", "D1/D2");
    assertThat(same(enrolled, machine("", board, chassis, disks))).isEqualTo(same);
  }

  @Test
  void serialsDecideWhereTheUuidCameOrWent() throws IOException {
    HardwareIdentity with = machine(UUID, "B1", "C1", "D1");
    HardwareIdentity without = machine("", "B1", "C1", "D1");
    assertThat(same(with, without)).isTrue();
    assertThat(same(without, with)).isTrue();
    assertThat(same(with, machine("", "B2", "C2", "D1"))).isFalse();
    assertThat(same(machine(UUID, "", "", ""), without)).isFalse();
  }

  @Test
  void aNameCountsOnlyWhereHardwareTellsNothing() throws IOException {
    HardwareIdentity named = machine("", "None", "0", "", Optional.of("till 7"));
    assertThat(named.tellsNothing()).isFalse();
    assertThat(same(named, machine("", "", "", "", Optional.of("till 7")))).isTrue();
    assertThat(same(named, machine("", "", "", "", Optional.of("till 8")))).isFalse();
    assertThat(same(named, machine("", "", "", "", Optional.empty()))).isFalse();
    // The configuration came along with the disk.
    assertThat(same(named, machine(UUID, "", "", "", Optional.of("till 7")))).isFalse();
    HardwareIdentity real = machine(UUID, "B1", "", "", Optional.of("till 7"));
    assertThat(same(real, machine("", "", "", "", Optional.of("till 7")))).isFalse();
    assertThat(same(real, machine(SWAPPED, "B1", "", "", Optional.empty()))).isTrue();
  }

  @Test
  void isTheSameAfterJson() throws IOException {
    for (HardwareIdentity identity :
        new HardwareIdentity[] {
          machine(UUID, "B1", "C1", "D1/D2"),
          machine("", "B1", "", ""),
          machine("", "", "", "", Optional.of("x"))
        }) {
      assertThat(parse(new ObjectMapper().writeValueAsString(identity))).isEqualTo(identity);
    }
    assertThat(machine(UUID, "", "", "").text())
        .isEqualTo(machine(SWAPPED, "", "", "").text())
        .contains("uuid:");
  }

  private static HardwareIdentity parse(String json) throws JsonProcessingException {
    return new ObjectMapper().readValue(json, HardwareIdentity.class);
  }
}
