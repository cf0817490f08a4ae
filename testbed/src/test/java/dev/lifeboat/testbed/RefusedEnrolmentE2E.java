package dev.lifeboat.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lifeboat.agent.capture.LoopDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may not enrol, and what is left on a machine that was refused: nothing. */
class RefusedEnrolmentE2E {

  @TempDir(factory = TargetFolder.class)
  Path folder;

  private OperatorDesk desk;
  private LoopDisk disk;
  private final UUID machine = UUID.randomUUID();

  @BeforeEach
  void start() throws Exception {
    Site.replicator("ca", "create", "--out", folder.resolve("ca").toString());
    desk = new OperatorDesk(folder.resolve("ca"), Optional.empty());
    disk = LoopDisk.create(folder, "disk", 16 << 20);
  }

  @AfterEach
  void end() throws IOException {
    desk.close();
    disk.close();
  }

  /** A machine of its own hardware, with nothing but what its firmware says. */
  private Path machine(String name) throws IOException {
    Path home = Files.createDirectories(folder.resolve(name));
    Path hardware = Files.createDirectories(home.resolve("hardware"));
    Files.writeString(
        hardware.resolve("product_uuid"),
        UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString());
    Files.writeString(
        home.resolve("agent.yaml"),
        """
        hardware: {directory: hardware}
        stateDirectory: state
        bpfDirectory: /sys/fs/bpf/lifeboat-test-%s
        identity: identity
        management: {endpoint: "%s"}
        """
            .formatted(name, desk.address()));
    return home;
  }

  private Command.Result enrol(Path home, String token) {
    return enrol(home, token, desk.authorityHash());
  }

  private Command.Result enrol(Path home, String token, String hash) {
    List<String> command =
        new ArrayList<>(List.of(Program.bin("lifeboat-agent"), "enrol", "--config"));
    command.add(home.resolve("agent.yaml").toString());
    command.addAll(List.of("--endpoint", desk.address(), "--token", token));
    command.addAll(List.of("--ca-sha256", hash, "--disk", disk.device().toString()));
    return Command.attempt(command.toArray(String[]::new));
  }

  private static void assertRefused(Command.Result result, Path home, String why)
      throws IOException {
    assertThat(result.output()).startsWith("lifeboat-agent: ").contains(why);
    assertThat(result.output().strip()).doesNotContain("\n");
    assertThat(result.exitCode()).isEqualTo(3);
    try (var left = Files.list(home)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .as("neither a key nor anything else")
          .containsExactlyInAnyOrder("agent.yaml", "hardware", "state");
    }
    assertThat(home.resolve("state")).isEmptyDirectory();
  }

  @Test
  void wrongAuthorityIsRefused_beforeTheTokenIsSaid() throws Exception {
    String token = desk.expect("machine", machine, Duration.ofHours(1));
    Path home = machine("here");
    assertRefused(enrol(home, token, "5e".repeat(32)), home, "is not the one of the command");
    assertThat(desk.record("machine").enrolled()).isFalse();
    assertThat(enrol(home, token).exitCode()).as("the token still holds").isZero();
  }

  @Test
  void tokenThatIsUnknownOrHasExpiredIsRefused() throws Exception {
    Path home = machine("here");
    assertRefused(enrol(home, "0".repeat(40)), home, "the token is not known");
    String old = desk.expect("machine", machine, Duration.ofSeconds(-1));
    assertRefused(enrol(home, old), home, "the token has expired; a new command stands in");
  }

  @Test
  void tokenWorksOnce_andMachinesOnce() throws Exception {
    String token = desk.expect("machine", machine, Duration.ofHours(1));
    Path home = machine("here");
    assertThat(enrol(home, token).exitCode()).isZero();
    Path other = machine("elsewhere");
    assertRefused(enrol(other, token), other, "the token was used already");

    String second = desk.expect("second", UUID.randomUUID(), Duration.ofHours(1));
    Path clone = machine("clone");
    Files.copy(
        home.resolve("hardware/product_uuid"),
        clone.resolve("hardware/product_uuid"),
        StandardCopyOption.REPLACE_EXISTING);
    assertRefused(
        enrol(clone, second), clone, "enrolled already, as ProtectedVM machine: wrong machine");
    assertThat(enrol(other, second).exitCode()).as("the right one may").isZero();
  }

  /** The answer was lost: the same command again is answered again, for the same key. */
  @Test
  void sameCommandMayBeRepeatedUntilItHasSucceeded() throws Exception {
    String token = desk.expect("machine", machine, Duration.ofHours(1));
    Path home = machine("here");
    desk.close();
    Command.Result nobody = enrol(home, token);
    assertThat(nobody.output()).contains("cannot be reached");
    assertThat(nobody.exitCode()).isEqualTo(1);
    desk.open();
    // Where the identity belongs is something that nothing can be renamed onto.
    Files.createFile(home.resolve("identity.old"));
    Files.createDirectories(home.resolve("identity"));
    Command.Result lost = enrol(home, token);
    assertThat(lost.exitCode()).as(lost.output()).isNotZero();
    assertThat(desk.record("machine").enrolled()).isTrue();
    Files.delete(home.resolve("identity.old"));
    assertThat(enrol(home, token).exitCode()).isZero();
    assertThat(home.resolve("identity/tls.key")).exists();
    assertThat(home.resolve("identity.enrolling")).doesNotExist();
  }

  @Test
  void machineThatWasAnotherOneForgetsIt() throws Exception {
    String token = desk.expect("machine", machine, Duration.ofHours(1));
    Path home = machine("here");
    assertThat(enrol(home, token).exitCode()).isZero();
    Path state = home.resolve("state");
    Files.writeString(state.resolve("disks.json"), "{\"disks\":{\"1\":\"wwid:of another\"}}");
    Files.writeString(
        state.resolve("enrolment.json"),
        """
        {"version":1,"machine":"%s","hardware":{"uuid":"","serials":["board:x"],"named":""},
         "lineage":"%s","number":1,"bootId":"%s","captureId":"%s","begun":false}
        """
            .formatted(UUID.randomUUID(), UUID.randomUUID(), UUID.randomUUID(), UUID.randomUUID()));
    desk.delete("machine");
    String next = desk.expect("next", UUID.randomUUID(), Duration.ofHours(1));
    Command.Result result = enrol(home, next);
    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(state.resolve("enrolment.json")).doesNotExist();
    assertThat(state.resolve("disks.json")).content().contains(disk.file().toString());
  }
}
