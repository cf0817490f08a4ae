package dev.lifeboat.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.agent.capture.LoopDisk;
import dev.lifeboat.testbed.network.FreePort;
import dev.lifeboat.vault.azurite.Azurite;
import dev.lifeboat.vault.hydrate.DeviceTarget;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What cannot be done is said by every program in one sentence that says what to do, and by its
 * exit code; nothing is lost by it. The agent's own refusals are in its module (RefusalIT).
 */
class BadInputE2E {

  private static final String CREDENTIAL = "the credential is wrong, expired or lacks the right";

  @TempDir(factory = TargetFolder.class)
  Path folder;

  private Disks disks;
  private Site site;

  @BeforeEach
  void start() throws Exception {
    disks = new Disks(folder, 48);
    site = new Site(folder);
  }

  @AfterEach
  void end() throws Exception {
    site.close();
    disks.close();
  }

  private static void assertSaid(Command.Result result, int exitCode, String sentence) {
    assertThat(result.output()).contains(sentence).doesNotContain("\tat ");
    assertThat(result.exitCode()).as(result.output()).isEqualTo(exitCode);
  }

  private Command.Result hydrate(Path target) {
    return site.vault("hydrate", "--point", "latest", "--disk", "1", "--to", target.toString());
  }

  @Test
  void targetsThatCannotTakeADisk() throws Exception {
    ProcessServer server = site.server("server").start();
    AgentProgram agent =
        site.agent("agent", AgentProgram.Settings.of(disks.list(), server.port())).start();
    agent.untilConsistent();
    agent.mark("point");
    try (LoopDisk small = LoopDisk.create(folder, "small", 8 << 20)) {
      assertSaid(
          hydrate(small.device()),
          1,
          "lifeboat-vault: %s has %d bytes, the disk needs %d; use a larger one"
              .formatted(small.device(), 8 << 20, 48 << 20));
    }
    try (LoopDisk large = LoopDisk.create(folder, "large", 64L << 20)) {
      String inUse =
          "lifeboat-vault: %s is mounted or in use; unmount it, or use another one"
              .formatted(large.device());
      Mount.format("ext4", large.device());
      try (Mount _ = Mount.of(large.device(), folder.resolve("mount-large"))) {
        assertSaid(hydrate(large.device()), 1, inUse);
      }
      // Busy without a mount: another program, here this one, has it for itself.
      try (DeviceTarget _ = DeviceTarget.open(large.device(), 64L << 20)) {
        assertSaid(hydrate(large.device()), 1, inUse);
      }
    }
    Path file = Files.createFile(folder.resolve("there.img"));
    assertSaid(
        hydrate(file),
        1,
        "lifeboat-vault: %s exists; name another file, go on with it by --resume, or replace it by --force"
            .formatted(file));
  }

  private Path vaultConfig(String endpoint, String credential) throws IOException {
    return Files.writeString(
        folder.resolve("other.yaml"),
        """
        machine: %s
        recoveryKeyFile: %s
        azure:
          endpoint: %s
          caFile: %s
          credential: %s
        """
            .formatted(
                site.machine(),
                folder.resolve("recovery.key"),
                endpoint,
                site.azurite().caFile(),
                credential));
  }

  private static Command.Result points(Path config) {
    return Command.attempt(Program.bin("lifeboat-vault"), "points", "--config", config.toString());
  }

  @Test
  void credentialsThatAreWrongOrExpired() throws Exception {
    String endpoint = site.azurite().endpoint().toString();
    Path wrong = Files.writeString(folder.resolve("wrong.key"), "d3Jvbmc=");
    assertSaid(
        points(
            vaultConfig(
                endpoint,
                "{kind: sharedKey, account: %s, file: %s}".formatted(Azurite.ACCOUNT, wrong))),
        1,
        CREDENTIAL);
    Path expired =
        site.azurite().sasFile("lifeboat-log", "crl", Instant.now().minus(Duration.ofHours(1)));
    assertSaid(
        points(vaultConfig(endpoint, "{kind: sas, file: %s}".formatted(expired))), 1, CREDENTIAL);
  }

  @Test
  void endpointThatCannotBeReached() throws Exception {
    String endpoint = "https://127.0.0.1:%d/lifeboat".formatted(FreePort.next());
    assertSaid(
        points(
            vaultConfig(
                endpoint,
                "{kind: sharedKey, account: %s, file: %s}"
                    .formatted(Azurite.ACCOUNT, site.azurite().sharedKeyFile()))),
        1,
        "it cannot be reached; check azure.endpoint and the network");
  }

  @Test
  void processServerSaysWhatIsInItsWay() throws Exception {
    ProcessServer server = site.server("server");
    Path config = folder.resolve("server.yaml");
    String yaml = Files.readString(config);
    assertSaid(run("process-server", "--config", config.toString(), "--port", "1"), 2, "--port");
    Files.writeString(config, yaml + "colour: blue\n");
    assertSaid(
        run("process-server", "--config", config.toString()), 2, "colour is not known; known here");
    Files.writeString(config, yaml);
    for (String section : List.of("metrics", "listen")) {
      int port = port(section, yaml);
      try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        assertSaid(
            run("process-server", "--config", config.toString()),
            1,
            "lifeboat-replicator: %s.port: cannot listen on 127.0.0.1:%d".formatted(section, port));
      }
    }
    server.start();
    assertThat(server.get("/health")).isEqualTo("200 ok\n");
  }

  private static int port(String section, String yaml) {
    return Integer.parseInt(yaml.replaceAll("(?s).*" + section + ": \\{[^}]*port: (\\d+).*", "$1"));
  }

  private static Command.Result run(String... arguments) {
    String[] command = new String[arguments.length + 1];
    command[0] = Program.bin("lifeboat-replicator");
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    return Command.attempt(command);
  }
}
