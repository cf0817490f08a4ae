package dev.lifeboat.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lifeboat.agent.capture.Shell;
import dev.lifeboat.agent.capture.TargetFolder;
import dev.lifeboat.wire.identity.CertificateAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the agent cannot do it says in one sentence, with what to do, and ends by its exit code;
 * nothing is captured. Kernels that lack something are played by a mount namespace that shows other
 * files, and a filter of system calls: the program that runs in them is the real one.
 */
class RefusalIT {
  private static final String WITHOUT_BPF =
      """
      #include <errno.h>
      #include <linux/filter.h>
      #include <linux/seccomp.h>
      #include <stddef.h>
      #include <sys/prctl.h>
      #include <sys/syscall.h>
      #include <unistd.h>
      int main(int count, char **words) {
        struct sock_filter code[] = {
          BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
          BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_bpf, 0, 1),
          BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL),
          BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
        struct sock_fprog program = {4, code};
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
            || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) return 99;
        execv(words[1], words + 1);
        return 98;
      }
      """;

  @TempDir(factory = TargetFolder.class)
  Path folder;

  private AgentHome home;

  @BeforeEach
  void make() throws Exception {
    home = new AgentHome(folder);
  }

  @AfterEach
  void leave() throws IOException {
    home.close();
  }

  private void assertRefused(int exitCode, String sentence, List<String> world, Path config)
      throws IOException {
    AgentProcess.Result result = AgentProcess.under(world, "run", "--config", config.toString());
    assertThat(result.output().lines().toList().getLast()).isEqualTo("lifeboat-agent: " + sentence);
    assertThat(result.output()).doesNotContain("\tat ");
    assertThat(result.exitCode()).isEqualTo(exitCode);
    assertThat(home.bpf).doesNotExist();
    assertThat(home.state.resolve("control")).doesNotExist();
  }

  private void assertRefused(int exitCode, String sentence) throws IOException {
    assertRefused(exitCode, sentence, List.of(), home.config("agent.yaml", ""));
  }

  private Path withDevice(Path device) throws IOException {
    Path config = home.config("agent.yaml", "");
    return Files.writeString(
        config,
        Files.readString(config).replace("device: " + home.disk.device(), "device: " + device));
  }

  private void assertDeviceRefused(Path device, String sentence) throws IOException {
    assertRefused(3, sentence, List.of(), withDevice(device));
  }

  @Test
  void deviceThatIsNoneOfThisMachine() throws Exception {
    assertDeviceRefused(
        Path.of("/dev/no-such-disk"),
        "/dev/no-such-disk is no whole disk of this machine: `lsblk --nodeps` lists them");
    assertDeviceRefused(
        home.disk.file(),
        home.disk.file() + " is no whole disk of this machine: `lsblk --nodeps` lists them");
    Shell.run("addpart", home.disk.device().toString(), "1", "2048", "2048");
    Path partition = Path.of(home.disk.device() + "p1");
    await().atMost(Duration.ofSeconds(10)).until(() -> Files.exists(partition));
    assertDeviceRefused(
        partition, partition + " is no whole disk of this machine: `lsblk --nodeps` lists them");
    Shell.run("delpart", home.disk.device().toString(), "1");
  }

  @Test
  void deviceThatNobodyMayWrite() throws Exception {
    Shell.run("blockdev", "--setro", home.disk.device().toString());
    assertRefused(
        3,
        home.disk.device()
            + " is read-only: nothing can change on it, copy it once by other means");
    Shell.run("blockdev", "--setrw", home.disk.device().toString());
  }

  /** Another program has the whole disk: capture does not mind, for it takes nothing away. */
  @Test
  void deviceThatIsMountedIsCapturedAllTheSame() throws Exception {
    Path mount = Files.createDirectory(folder.resolve("mount"));
    Shell.run("mkfs.ext4", "-q", home.disk.device().toString());
    Shell.run("mount", home.disk.device().toString(), mount.toString());
    try (AgentProcess agent =
        AgentProcess.run(home.config("agent.yaml", ""), home.state, folder.resolve("agent.log"))) {
      assertThat(agent.state()).isEqualTo("Converging");
    } finally {
      Shell.run("umount", mount.toString());
    }
  }

  /** In a mount namespace of its own in which these commands were run. */
  private static List<String> world(String commands) {
    return List.of("unshare", "--mount", "bash", "-ec", commands + "; exec \"$@\"", "world");
  }

  @Test
  void kernelWithoutTypeInformation() throws Exception {
    assertRefused(
        3,
        "this kernel's block layer cannot be read: this kernel shows no type information"
            + " (/sys/kernel/btf/vmlinux): it needs CONFIG_DEBUG_INFO_BTF, as RHEL 8.2, Ubuntu"
            + " 20.10, Debian 11 and later have it; update the kernel",
        world("mount -t tmpfs none /sys/kernel/btf"),
        home.config("agent.yaml", ""));
  }

  @Test
  void kernelLockedDownToConfidentiality() throws Exception {
    assertRefused(
        3,
        "the kernel is locked down to confidentiality, which forbids BPF to read: boot it with"
            + " lockdown=integrity",
        world(
            "mount -t tmpfs none /sys/kernel/security;"
                + " echo 'none integrity [confidentiality]' >/sys/kernel/security/lockdown"),
        home.config("agent.yaml", ""));
  }

  @Test
  void kernelWithoutRingBuffer() throws Exception {
    Path source = Files.writeString(folder.resolve("without-bpf.c"), WITHOUT_BPF);
    String program = folder.resolve("without-bpf").toString();
    Shell.run("gcc", "-o", program, source.toString());
    assertRefused(
        3,
        "this kernel has no BPF ring buffer: update it to 5.8, or RHEL 8.4, or later",
        List.of(program),
        home.config("agent.yaml", ""));
  }

  @Test
  void processWithoutRights() throws Exception {
    assertRefused(
        3,
        "capture needs root: run the agent as root",
        List.of("setpriv", "--bounding-set", "-all", "--inh-caps", "-all"),
        home.config("agent.yaml", ""));
  }

  @Test
  void identityThatExpired() throws Exception {
    Instant past = Instant.now().minus(Duration.ofDays(3));
    Path identity = folder.resolve("identity");
    Shell.run("rm", "-r", identity.toString());
    var old =
        CertificateAuthority.open(folder.resolve("ca"), Clock.fixed(past, ZoneOffset.UTC))
            .issueMachine(home.machine, Duration.ofDays(1));
    old.writeTo(identity);
    assertRefused(
        2,
        "the certificate expired at "
            + old.certificate().getNotAfter().toInstant()
            + "; issue a new one");
  }

  @Test
  void identityThatIsMissingOrNotOfItsKey() throws Exception {
    Path key = folder.resolve("identity/tls.key");
    home.authority.issueMachine(home.machine, Duration.ofDays(1)).writeTo(folder.resolve("other"));
    Files.write(key, Files.readAllBytes(folder.resolve("other/tls.key")));
    assertRefused(
        2,
        "tls.key does not belong to tls.crt in "
            + folder.resolve("identity")
            + "; issue the identity again");
    Files.delete(key);
    assertRefused(2, key + " does not exist; issue an identity or correct the path");
  }

  /** Nothing is lost by it, so it is no reason to end; a mark says it, and so does the status. */
  @Test
  void serverThatCannotBeReached() throws Exception {
    Path config = home.config("agent.yaml", "");
    try (AgentProcess agent = AgentProcess.run(config, home.state, folder.resolve("agent.log"))) {
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> agent.status().path("trouble").asText().contains("refused"));
      AgentProcess.Result mark =
          AgentProcess.command("mark", "--timeout", "1", "--config", config.toString());
      assertThat(mark.output())
          .startsWith(
              "lifeboat-agent: no mark was taken (no process server takes the log: 127.0.0.1:")
          .contains("cannot be reached: Connection refused")
          .endsWith("); try again");
      assertThat(mark.exitCode()).isEqualTo(1);
      assertThat(agent.end()).isZero();
    }
  }

  @Test
  void agentThatWasStoppedDoesNotAnswer() throws Exception {
    Path config = home.config("agent.yaml", "");
    try (AgentProcess agent = AgentProcess.run(config, home.state, folder.resolve("agent.log"))) {
      Shell.run("kill", "-STOP", Long.toString(agent.process().pid()));
      AgentProcess.Result mark =
          AgentProcess.command("mark", "--timeout", "1", "--config", config.toString());
      assertThat(mark.output())
          .isEqualTo(
              "lifeboat-agent: the agent in %s did not answer within 6 s: it hangs or is stopped, its log may say why",
              home.state);
      assertThat(mark.exitCode()).isEqualTo(1);
    }
  }
}
