package dev.lifeboat.testbed.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lifeboat.testbed.network.TestNetwork;
import dev.lifeboat.testbed.process.Command;
import dev.lifeboat.testbed.process.ProjectFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A cluster that cannot start says why in one sentence, and nothing of it runs then. */
@Tag("alone")
class BadInputIT {

  private Path folder;

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "bad");
    folder = folder.toAbsolutePath();
  }

  @AfterEach
  void removeFolder() throws IOException {
    Command.run("rm", "-rf", folder.toString());
  }

  @Test
  void saysSo_withoutRoot() throws Exception {
    Path readable = Files.createTempDirectory("bad");
    try {
      // The checkout need not be readable for others.
      List<String> copies = new ArrayList<>();
      for (String entry : classpath().split(":", -1)) {
        if (entry.startsWith(ProjectFolder.root().toString())) {
          copies.add(readable.resolve(Integer.toString(copies.size())).toString());
          Command.run("cp", "-r", entry, copies.getLast());
        }
      }
      Command.run("chmod", "-R", "a+rX", readable.toString());
      assertThat(
              attempt(
                  List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"),
                  String.join(":", copies)))
          .isEqualTo("The testbed's network needs root: run this with sudo.\n");
    } finally {
      Command.run("rm", "-rf", readable.toString());
    }
  }

  @Test
  void saysSo_whenTheDiskIsFull() throws Exception {
    Path small = Files.createDirectory(folder.resolve("small"));
    assertThat(
            attempt(
                inOwnMounts("mount -t tmpfs -o size=64M tmpfs " + small),
                classpath(),
                small + "/cluster"))
        .isEqualTo(
            "A local cluster needs 3072 MiB of disk, %s has 64 free.\n"
                .formatted(small + "/cluster"));
  }

  @Test
  void saysSo_whenADebianPackageIsMissing() throws Exception {
    assertThat(
            attempt(
                inOwnMounts(
                    "touch " + folder + "/not; mount --bind " + folder + "/not /usr/sbin/runc"),
                classpath(),
                folder.toString()))
        .isEqualTo(
            "A local cluster needs runc: install Debian's package runc, or run ./verify tools.\n");
  }

  @Test
  void saysSo_whenTheCacheIsBroken() throws Exception {
    Path whole = KubernetesPrograms.find().folder();
    Path broken = Files.createDirectories(folder.resolve("lifeboat").resolve(whole.getFileName()));
    Files.copy(whole.resolve("sums"), broken.resolve("sums"));
    Files.writeString(broken.resolve("kubernetes"), "half");
    assertThat(
            attempt(List.of("env", "XDG_CACHE_HOME=" + folder), classpath(), folder + "/cluster"))
        .matches(
            "no whole Kubernetes [0-9.]+ is in \\Q%s\\E: run testbed/kubernetes/build\n"
                .formatted(broken));
  }

  @Test
  void saysSo_whenAPartOfItDoesNotStart_andLeavesNothing() throws Exception {
    try (TestNetwork network = TestNetwork.start()) {
      String before = Traces.of(network, folder.toString());
      Process other =
          new ProcessBuilder(
                  concat(network.enter(), "busybox", "httpd", "-f", "-p", "127.0.0.1:2379"))
              .start();
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> Command.run(network.enter(), "ss", "-ltn").contains("127.0.0.1:2379"));
      try {
        LocalCluster.start(network, folder);
        throw new AssertionError("it started");
      } catch (IOException e) {
        assertThat(e.getMessage())
            .startsWith("The local cluster did not start (failed: etcd ended:")
            .contains("address already in use")
            .endsWith("logs are in " + folder.resolve("logs") + ".");
      } finally {
        other.destroyForcibly().waitFor();
      }
      Traces.awaitSame(network, folder.toString(), before);
    }
  }

  /** The message of a start in a JVM of its own, behind a prefix. */
  private String attempt(List<String> prefix, String classpath, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            classpath,
            Starting.class.getName()));
    command.addAll(Arrays.asList(arguments));
    Command.Result result = Command.attempt(command, Duration.ofMinutes(2));
    assertThat(result.exitCode()).as(result.output()).isEqualTo(1);
    return result.output();
  }

  private static String classpath() {
    return System.getProperty("java.class.path");
  }

  private static List<String> inOwnMounts(String mounts) {
    return List.of("unshare", "--mount", "bash", "-c", mounts + "; exec \"$@\"", "own-mounts");
  }

  private static List<String> concat(List<String> prefix, String... rest) {
    List<String> whole = new ArrayList<>(prefix);
    whole.addAll(Arrays.asList(rest));
    return whole;
  }

  /** Starts a network and a cluster, and says what went wrong. */
  static final class Starting {
    private Starting() {}

    public static void main(String[] arguments) throws IOException {
      System.setErr(System.out);
      try (TestNetwork network = TestNetwork.start()) {
        String folder = arguments.length == 0 ? "none" : arguments[0];
        LocalCluster.start(network, Path.of(folder)).close();
        System.out.println("it started");
      } catch (IOException e) {
        System.out.write((e.getMessage() + "\n").getBytes(StandardCharsets.UTF_8));
        System.out.flush();
        System.exit(1);
      }
    }
  }
}
