package dev.lifeboat.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lifeboat.agent.capture.Shell;
import dev.lifeboat.agent.capture.TargetFolder;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The life of the agent's program, in processes of their own. */
class RunIT {
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

  private AgentProcess run(Path config) throws IOException {
    return AgentProcess.run(config, home.state, folder.resolve("agent.log"));
  }

  private static AgentProcess.Result command(String name, Path config) throws IOException {
    return AgentProcess.command(name, "--config", config.toString());
  }

  private String get(String page) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + home.metricsPort + page))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() + " " + answer.body().strip();
    }
  }

  /** The agent still answers, captures and has its pins. */
  private void assertUnharmed(AgentProcess agent) throws IOException {
    assertThat(agent.ended()).isFalse();
    assertThat(home.bpf).isNotEmptyDirectory();
    long before = agent.status().path("position").asLong();
    assertThat(before).isPositive();
    Shell.sh(
        "dd if=/dev/urandom of=%s bs=4k count=1 oflag=direct status=none"
            .formatted(home.disk.device()));
    await("the write is captured")
        .atMost(Duration.ofSeconds(20))
        .until(() -> agent.status().path("position").asLong() > before);
  }

  @Test
  void secondAgentOfOneStateDirectoryIsTurnedAwayAndHarmsNothing() throws Exception {
    Path config = home.config("agent.yaml", "");
    try (AgentProcess first = run(config)) {
      String held =
          "lifeboat-agent: another agent runs with stateDirectory %s: stop it first, or give this one a stateDirectory of its own"
              .formatted(home.state);
      AgentProcess.Result second = command("run", config);
      assertThat(second.output()).isEqualTo(held);
      assertThat(second.exitCode()).isEqualTo(4);
      assertUnharmed(first);

      // One that would be dormant, and end by taking its control socket with it.
      home.hardware("elsewhere");
      assertThat(command("run", config).exitCode()).isEqualTo(4);
      assertThat(command("detach", config)).isEqualTo(new AgentProcess.Result(4, held));
      home.hardware("here");
      assertUnharmed(first);
      assertThat(first.end()).isZero();
    }
    assertThat(home.state.resolve("control")).doesNotExist();
  }

  @Test
  void secondAgentOfOneBpfDirectoryIsTurnedAwayAndHarmsNothing() throws Exception {
    try (AgentProcess first = run(home.config("agent.yaml", ""))) {
      Path other =
          home.config("other.yaml", folder.resolve("other"), home.bpf, AgentHome.freePort(), "");
      AgentProcess.Result second = command("run", other);
      String held =
          "lifeboat-agent: another agent captures with bpfDirectory %s: stop it first, or give this one a bpfDirectory of its own"
              .formatted(home.bpf);
      assertThat(second.output()).endsWith(held);
      assertThat(second.exitCode()).isEqualTo(4);
      assertUnharmed(first);
      assertThat(command("detach", other)).isEqualTo(new AgentProcess.Result(4, held));
      assertUnharmed(first);
    }
  }

  @Test
  void whatIsInTheWayIsSaidBeforeAnythingIsCaptured() throws Exception {
    try (ServerSocket taken = new ServerSocket(home.metricsPort)) {
      Path config = home.config("agent.yaml", "");
      AgentProcess.Result result = command("run", config);
      assertThat(result.output())
          .isEqualTo(
              "lifeboat-agent: %s:\n  metrics.port: cannot listen on 127.0.0.1:%d (Address already in use); end the program that listens there, or set another metrics.address and metrics.port",
              config, taken.getLocalPort());
      assertThat(result.exitCode()).isEqualTo(2);
    }
    Path deep = folder.resolve("d".repeat(98 - folder.toString().length()));
    Path config = home.config("deep.yaml", deep, home.bpf, home.metricsPort, "");
    AgentProcess.Result result = command("run", config);
    assertThat(result.output())
        .isEqualTo(
            "lifeboat-agent: %s:\n  stateDirectory is too long a path for the control socket in it: choose one of at most 98 bytes",
            config);
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(deep).doesNotExist();
    assertThat(home.bpf).doesNotExist();
    assertThat(home.state.resolve("enrolment.json")).doesNotExist();
  }

  @Test
  void dormantAgentSaysSoAndEndsByCode3() throws Exception {
    Path config = home.config("agent.yaml", "");
    try (AgentProcess agent = run(config)) {
      assertThat(get("/health")).isEqualTo("200 ok");
      assertThat(get("/ready")).startsWith("503 ").contains("Connection refused");
      assertThat(agent.end()).isZero();
    }
    assertThat(command("detach", config).exitCode()).isZero();
    home.hardware("elsewhere");
    try (AgentProcess clone = run(config)) {
      assertThat(clone.state()).isEqualTo("Dormant");
      assertThat(get("/health")).isEqualTo("200 ok");
      assertThat(get("/ready")).startsWith("503 Dormant: this is other hardware");
      assertThat(get("/metrics")).contains("lifeboat_agent_dormant 1.0");
      AgentProcess.Result mark = command("mark", config);
      assertThat(mark.output()).startsWith("lifeboat-agent: no mark: this machine is dormant: ");
      assertThat(mark.exitCode()).isEqualTo(3);
      assertThat(home.bpf).doesNotExist();
      assertThat(clone.end()).isEqualTo(3);
    }
    home.hardware("here");
  }

  @Test
  void captureBeginsOnceBehindADetach() throws Exception {
    Path config = home.config("agent.yaml", "");
    try (AgentProcess agent = run(config)) {
      assertThat(agent.end()).isZero();
    }
    assertThat(command("detach", config).exitCode()).isZero();
    Files.delete(folder.resolve("agent.log"));
    try (AgentProcess agent = run(config)) {
      assertThat(agent.log()).containsOnlyOnce("capture begins: ").doesNotContain("anew");
      assertThat(agent.end()).isZero();
    }
    Files.delete(folder.resolve("agent.log"));
    try (AgentProcess agent = run(config)) {
      assertThat(agent.log())
          .contains("capture goes on where it stood")
          .doesNotContain("capture begins");
    }
  }

  @Test
  void detachLeavesNothing() throws Exception {
    Path config =
        home.config("agent.yaml", "journal: {directory: journal, most: 128MiB, percent: 50}");
    try (AgentProcess agent = run(config)) {
      assertThat(Shell.run("findmnt", "-no", "FSTYPE", home.bpf.getParent().toString()))
          .isEqualTo("bpf");
      // Killed with a journal that has something in it, it leaves all there is to leave.
      Shell.sh(
          "dd if=/dev/urandom of=%s bs=1M count=8 oflag=direct status=none"
              .formatted(home.disk.device()));
      await("tracked changes")
          .atMost(Duration.ofSeconds(30))
          .until(() -> agent.status().path("journalFiles").asInt() > 0);
      agent.process().destroyForcibly().waitFor();
    }
    assertThat(home.state.resolve("control")).exists();
    assertThat(folder.resolve("journal")).isNotEmptyDirectory();
    AgentProcess.Result detached = command("detach", config);
    assertThat(detached).isEqualTo(new AgentProcess.Result(0, ""));
    assertThat(new ProcessBuilder("findmnt", home.bpf.getParent().toString()).start().waitFor())
        .as("nothing is mounted")
        .isNotZero();
    assertThat(home.bpf.getParent()).isEmptyDirectory();
    assertThat(folder.resolve("journal")).doesNotExist();
    try (var left = Files.list(home.state)) {
      assertThat(left.map(path -> path.getFileName().toString()).sorted().toList())
          .isEqualTo(List.of("convergence.json", "disks.json", "enrolment.json"));
    }
    assertThat(command("detach", config).exitCode()).as("a second time").isZero();
  }
}
