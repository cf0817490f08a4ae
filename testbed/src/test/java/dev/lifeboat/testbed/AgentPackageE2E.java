package dev.lifeboat.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the agent's package says to machines that it does not fit, before it changes anything. */
class AgentPackageE2E {

  @TempDir(factory = TargetFolder.class)
  Path folder;

  @BeforeEach
  void unpack() {
    Command.run(
        "tar",
        "-C",
        folder.toString(),
        "--strip-components=1",
        "-xzf",
        GuestAgent.PACKAGE.toString());
  }

  /** Runs install.sh in a mount namespace of its own, after commands that spoil the machine. */
  private String refusal(String spoilt, String arguments) {
    Command.Result result =
        Command.attempt(
            "unshare",
            "--mount",
            "--propagation",
            "private",
            "bash",
            "-ec",
            "cd %s; %s; exec ./install.sh %s".formatted(folder, spoilt, arguments));
    assertThat(result.exitCode()).as(result.output()).isEqualTo(1);
    assertThat(Path.of("/opt/lifeboat-agent")).doesNotExist();
    assertThat(Path.of("/etc/lifeboat")).doesNotExist();
    assertThat(result.output().strip()).startsWith("install.sh: ").doesNotContain("\n");
    return result.output();
  }

  /** So that only what a test takes away is missing. */
  private static final String SYSTEMD = "mount -t tmpfs tmpfs /run; mkdir -p /run/systemd/system";

  @Test
  void machinesThatItDoesNotFitAreToldWhy() throws Exception {
    assertThat(refusal("mount -t tmpfs tmpfs /run", "")).contains("systemd does not run here");
    assertThat(refusal(SYSTEMD + "; mount -t tmpfs tmpfs /sys/kernel/btf", ""))
        .contains("no /sys/kernel/btf/vmlinux");
    assertThat(refusal(uname("-r", "5.4.0-42-generic"), ""))
        .contains("kernel 5.10 or newer, this one is 5.4.0-42-generic");
    assertThat(refusal(uname("-m", "aarch64"), "")).contains("this machine is aarch64");
    assertThat(refusal(SYSTEMD, "--config nowhere.yaml")).contains("no configuration nowhere.yaml");
    assertThat(refusal(SYSTEMD, "--identity " + folder)).contains("lacks tls.crt");
    assertThat(refusal(SYSTEMD + "; mount -t tmpfs -o size=20m tmpfs /opt", ""))
        .contains("make room");
    assertThat(refusal(SYSTEMD + "; mv runtime elsewhere", "")).contains("there is no runtime");
  }

  /** Another answer of uname to one question. */
  private String uname(String question, String answer) throws Exception {
    Path fake = Files.createDirectories(folder.resolve("fake")).resolve("uname");
    Files.writeString(
        fake,
        "#!/bin/sh%nif [ \"$1\" = %s ]; then echo %s; else exec /bin/uname \"$@\"; fi%n"
            .formatted(question, answer));
    Command.run("chmod", "755", fake.toString());
    return SYSTEMD + "; export PATH=" + fake.getParent() + ":$PATH";
  }

  @Test
  void whoIsNotRootIsToldSo() throws Exception {
    // Its text, for nobody can read below this folder.
    String script = Files.readString(folder.resolve("install.sh"));
    Command.Result result =
        Command.attempt("setpriv", "--reuid=65534", "--clear-groups", "sh", "-c", script);
    assertThat(result.output().strip())
        .isEqualTo("install.sh: root is needed: run 'sudo ./install.sh'");
    assertThat(result.exitCode()).isEqualTo(1);
  }

  @Test
  void helpSaysWhatGoesWhere() {
    for (String script : new String[] {"install.sh", "uninstall.sh"}) {
      String program = folder.resolve(script).toString();
      assertThat(Command.run(program, "--help")).contains("usage: ").contains("/var/lib/lifeboat");
      assertThat(Command.attempt(program, "--wrong").exitCode()).isEqualTo(2);
    }
  }

  /** Its own runtime has all that the program needs to start. */
  @Test
  void programRunsFromItsOwnRuntime() {
    String program = folder.resolve("bin/lifeboat-agent").toString();
    assertThat(Command.run("env", "-i", program, "--version")).startsWith("lifeboat-agent ");
    Command.Result result = Command.attempt("env", "-i", program, "status");
    assertThat(result.output()).contains("/etc/lifeboat/agent.yaml");
    assertThat(result.exitCode()).isEqualTo(2);
  }

  /**
   * Told to, the JVM ends where it cannot take the archive; else it would start slowly, silently.
   */
  @Test
  void archiveOfClassesIsTaken_whereverThePackageIsInstalled(
      @TempDir(factory = TargetFolder.class) Path elsewhere) {
    Path installed = elsewhere.resolve("agent");
    Command.run("cp", "-Rp", folder.toString(), installed.toString());
    String program = installed.resolve("bin/lifeboat-agent").toString();
    String[] strictly = {"env", "-i", "JDK_JAVA_OPTIONS=-Xshare:on", program, "--version"};
    assertThat(Command.run(strictly)).contains("lifeboat-agent ");

    Command.run("bash", "-c", "touch " + installed + "/lib/*.jar");
    assertThat(Command.attempt(strictly).exitCode()).isNotZero();
  }
}
