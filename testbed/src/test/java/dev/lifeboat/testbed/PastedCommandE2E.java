package dev.lifeboat.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The one line that is pasted as root, by a real shell and a real curl, on a machine that is this
 * one with its folders covered and a systemctl that only writes down what it is asked.
 */
class PastedCommandE2E {

  private static final String MACHINE =
      """
      mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system
      mount -t tmpfs tmpfs /var/tmp
      for d in etc opt usr/local var/lib; do
        mkdir -p $HOME/$d/upper $HOME/$d/work
        mount -t overlay overlay -o lowerdir=/$d,upperdir=$HOME/$d/upper,workdir=$HOME/$d/work /$d
      done
      mkdir -p /etc/systemd/system
      printf '#!/bin/sh\\necho "systemctl $*"\\n' >/usr/local/bin/systemctl
      chmod 755 /usr/local/bin/systemctl
      export PATH=/usr/local/bin:$PATH
      """;

  @TempDir(factory = TargetFolder.class)
  Path folder;

  private OperatorDesk desk;
  private final UUID machine = UUID.randomUUID();

  @BeforeEach
  void start() throws Exception {
    Site.replicator("ca", "create", "--out", folder.resolve("ca").toString());
    desk = new OperatorDesk(folder.resolve("ca"), Optional.of(GuestAgent.PACKAGE));
  }

  @AfterEach
  void end() {
    desk.close();
  }

  /** Pastes into a fresh machine, and looks at it. */
  private Command.Result paste(String command, String thenLook) throws IOException {
    Path home = Files.createTempDirectory(folder, "machine");
    return Command.attempt(
        "unshare",
        "--mount",
        "--propagation",
        "private",
        "env",
        "HOME=" + home,
        "bash",
        "-c",
        // An overlay's upper folder may not lie on an overlay.
        "mount -t tmpfs tmpfs $HOME\n"
            + MACHINE
            + command
            + "\ncode=$?\n"
            + thenLook
            + "\nexit $code");
  }

  @Test
  void oneLineInstallsAndEnrols_andLeavesNothingElse() throws Exception {
    String command = desk.command(desk.expect("machine", machine, Duration.ofHours(1)));
    assertThat(command).doesNotContain("\n");
    Command.Result result =
        paste(
            command,
            """
            echo "left: $(ls -A /var/tmp)"
            ls -l /etc/lifeboat/agent.yaml /etc/systemd/system/lifeboat-agent.service
            stat --format='%a %n' /etc/lifeboat/identity /etc/lifeboat/identity/tls.key
            openssl x509 -noout -ext subjectAltName -in /etc/lifeboat/identity/tls.crt
            lifeboat-agent status
            """);
    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(result.output())
        .contains(
            "fetching the agent from " + desk.address(),
            "lifeboat-agent 0.1.0-SNAPSHOT installed",
            "enrolled as machine " + machine + " at " + desk.address(),
            "systemctl restart lifeboat-agent",
            "this machine is being protected",
            "left: \n",
            "/etc/systemd/system/lifeboat-agent.service",
            "700 /etc/lifeboat/identity\n",
            "600 /etc/lifeboat/identity/tls.key\n",
            "URI:lifeboat:machine/" + machine,
            // By the configuration that enrolment made.
            "no agent answers in /var/lib/lifeboat");
    assertThat(result.output().indexOf("enrolled as"))
        .isLessThan(result.output().indexOf("systemctl restart"));
    assertThat(desk.record("machine").disks()).isNotEmpty();
    assertThat(Path.of("/opt/lifeboat-agent")).doesNotExist();
  }

  @Test
  void wrongAuthorityGetsNothingRun() throws Exception {
    String command =
        desk.command(desk.expect("machine", machine, Duration.ofHours(1)))
            .replace(desk.authorityHash(), "5e".repeat(32));
    Command.Result result = paste(command, "ls /opt /etc/lifeboat 2>&1");
    assertThat(result.exitCode()).isNotZero();
    assertThat(result.output())
        .contains("ca.crt: FAILED")
        .doesNotContain("fetching", "lifeboat-agent");
    assertThat(desk.record("machine").enrolled()).isFalse();
  }

  @Test
  void unknownTokenIsToldSo_beforeAnythingIsInstalled() throws Exception {
    Command.Result result = paste(desk.command("0".repeat(40)), "ls /opt; ls -A /var/tmp");
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.output())
        .contains("lifeboat: the token is not known; copy the whole command, or a newer one")
        .doesNotContain("installed", "lifeboat-agent", "lifeboat.");
  }
}
