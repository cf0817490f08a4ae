package dev.lifeboat.vault.hydrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A loop device: exclusive use, size, zeros. Needs root. */
class DeviceTargetIT {

  private static final int SIZE = 64 << 20;

  @TempDir private Path folder;
  private Path device;

  @BeforeEach
  void attach() throws Exception {
    Path file = folder.resolve("backing");
    byte[] noise = new byte[SIZE];
    Arrays.fill(noise, (byte) 0x5A);
    Files.write(file, noise);
    device = Path.of(run("losetup", "--find", "--show", file.toString()).strip());
  }

  @AfterEach
  void detach() throws Exception {
    if (device != null) {
      run("losetup", "--detach", device.toString());
    }
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).describedAs(output).isZero();
    return output;
  }

  @Test
  void writesAndZeroes() throws Exception {
    assertThat(DeviceTarget.isDevice(device)).isTrue();
    try (DeviceTarget target = DeviceTarget.open(device, SIZE)) {
      assertThat(target.startsEmpty()).isFalse();
      target.zero(0, SIZE / 2);
      target.write(4096, new byte[] {1, 2, 3, 4}, 1, 2);
      target.finish();
    }
    byte[] now = Files.readAllBytes(folder.resolve("backing"));
    assertThat(now[4096]).isEqualTo((byte) 2);
    assertThat(now[4097]).isEqualTo((byte) 3);
    assertThat(now[4098]).isZero();
    assertThat(now[0]).isZero();
    assertThat(now[SIZE / 2 - 1]).isZero();
    assertThat(now[SIZE / 2]).isEqualTo((byte) 0x5A);
  }

  @Test
  void refusesADeviceThatIsTooSmall() {
    assertThatThrownBy(() -> DeviceTarget.open(device, SIZE + 512))
        .isInstanceOf(TargetException.class)
        .hasMessageContaining("the disk needs");
  }

  @Test
  void refusesAMountedDevice_andOneThatIsHeld() throws Exception {
    run("mkfs.ext4", "-q", "-F", device.toString());
    Path mount = Files.createDirectory(folder.resolve("mnt"));
    run("mount", device.toString(), mount.toString());
    try {
      assertThatThrownBy(() -> DeviceTarget.open(device, SIZE))
          .isInstanceOf(TargetException.class)
          .hasMessageContaining("is mounted or in use");
    } finally {
      run("umount", mount.toString());
    }
    try (DeviceTarget held = DeviceTarget.open(device, SIZE)) {
      assertThat(held.startsEmpty()).isFalse();
      assertThatThrownBy(() -> DeviceTarget.open(device, SIZE))
          .hasMessageContaining("is mounted or in use");
    }
  }
}
