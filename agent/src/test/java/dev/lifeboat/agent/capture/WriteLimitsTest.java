package dev.lifeboat.agent.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriteLimitsTest {
  private static final long SECOND = 1_000_000_000L;

  @TempDir Path folder;
  private Path group;
  private Path sysfs;
  private long now;
  private WriteLimits limits;

  @BeforeEach
  void begin() throws IOException {
    group = Files.createDirectories(folder.resolve("cgroup/system.slice/db.service"));
    sysfs = Files.createDirectory(folder.resolve("sda"));
    Files.writeString(sysfs.resolve("dev"), "8:0\n");
    limits = new WriteLimits(folder.resolve("cgroup"), sysfs, () -> now);
  }

  private boolean after(long nanos) {
    now += nanos;
    return limits.getAsBoolean();
  }

  @Test
  void findsALimitOfThisDiskAnywhere() throws IOException {
    Files.writeString(group.resolve("io.max"), "");
    Files.writeString(group.resolve("io.stat"), "8:0 rbytes=1\n");
    assertThat(after(0)).isFalse();
    Files.writeString(group.resolve("io.max"), "8:01 wbps=1\n18:0 wbps=1\n");
    assertThat(after(10 * SECOND)).isFalse();
    Files.writeString(group.resolve("io.max"), "8:16 wbps=5\n8:0 rbps=max wbps=1048576\n");
    assertThat(after(9 * SECOND)).as("asked for again later").isFalse();
    assertThat(after(SECOND)).isTrue();
  }

  @Test
  void knowsTheOlderFiles() throws IOException {
    Files.writeString(group.resolve("blkio.throttle.write_bps_device"), "8:0 1048576\n");
    assertThat(after(0)).isTrue();
  }

  @Test
  void aControllerThatIsOffLimitsNothing() throws IOException {
    Files.writeString(folder.resolve("cgroup/io.cost.qos"), "8:0 enable=0 ctrl=auto\n");
    assertThat(after(0)).isFalse();
    Files.writeString(folder.resolve("cgroup/io.cost.qos"), "8:0 enable=1 ctrl=auto\n");
    assertThat(after(10 * SECOND)).isTrue();
  }

  @Test
  void takesWhatCannotBeReadForALimit() throws IOException {
    Files.delete(sysfs.resolve("dev"));
    assertThat(after(0)).isTrue();
  }
}
