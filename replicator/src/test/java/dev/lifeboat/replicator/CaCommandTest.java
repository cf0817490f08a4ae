package dev.lifeboat.replicator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CaCommandTest {
  @TempDir private Path folder;
  private final StringWriter output = new StringWriter();

  private int run(String... arguments) {
    PrintWriter writer = new PrintWriter(output, true);
    return ReplicatorCommand.commandLine().setOut(writer).setErr(writer).execute(arguments);
  }

  @Test
  void makesWhatASiteNeeds_andNeverOverwrites() throws Exception {
    String ca = folder.resolve("ca").toString();
    String machine = folder.resolve("machine").toString();
    String uid = "00000000-0000-0000-0000-000000000001";
    assertThat(run("ca", "create", "--out", ca)).isZero();
    assertThat(
            run(
                "ca",
                "server",
                "--ca",
                ca,
                "--host",
                "127.0.0.1",
                "--out",
                folder.resolve("server").toString()))
        .isZero();
    assertThat(run("ca", "machine", "--ca", ca, "--machine", uid, "--out", machine)).isZero();
    for (String key : new String[] {"ca/ca.key", "server/tls.key", "machine/tls.key"}) {
      Path file = folder.resolve(key);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
      String secret = Files.readAllLines(file).get(1);
      assertThat(output.toString()).doesNotContain(secret);
    }
    byte[] before = Files.readAllBytes(folder.resolve("ca/ca.key"));
    assertThat(run("ca", "create", "--out", ca)).isEqualTo(1);
    assertThat(run("ca", "machine", "--ca", ca, "--machine", uid, "--out", machine)).isEqualTo(1);
    assertThat(Files.readAllBytes(folder.resolve("ca/ca.key"))).isEqualTo(before);
  }

  @Test
  void exitsWith2_whenUsageOrConfigurationIsWrong() throws Exception {
    assertThat(run("ca")).isEqualTo(2);
    assertThat(run("nonsense")).isEqualTo(2);
    assertThat(run("process-server")).isEqualTo(2);
    Path config = Files.writeString(folder.resolve("bad.yaml"), "identity: x\n");
    assertThat(run("process-server", "--config", config.toString())).isEqualTo(2);
    assertThat(output.toString()).contains("cache.directory is missing");
  }
}
