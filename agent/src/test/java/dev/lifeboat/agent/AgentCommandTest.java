package dev.lifeboat.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What the program says and ends with; nothing here captures. */
class AgentCommandTest {
  @TempDir Path folder;

  private static final String HASH = "5e".repeat(32);

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private String config;

  @BeforeEach
  void configure() throws IOException {
    config =
        Files.writeString(
                folder.resolve("agent.yaml"),
                """
                machine: {uid: 6f0c1f0e-7d1c-4b42-9a5e-1f6f0d5b8a11}
                stateDirectory: state
                bpfDirectory: bpf/pins
                disks: [{id: 1, device: /dev/sdb}]
                servers: [ps.example]
                identity: identity
                """)
            .toString();
  }

  private int execute(String... arguments) {
    CommandLine line = AgentCommand.line(new Ending());
    return line.setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  @Test
  void saysItsVersion() {
    assertThat(execute("--version")).isZero();
    assertThat(out).hasToString("lifeboat-agent 0.1.0\n");
  }

  @Test
  void helpNamesCommandsAndExitCodes() {
    assertThat(execute("--help")).isZero();
    assertThat(out.toString())
        .contains("enrol", "run", "mark", "status", "detach", "Exit codes:")
        .contains("4 another agent");
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "mark", "status", "detach"})
  void eachCommandHasHelpAndWantsAConfiguration(String command) {
    assertThat(execute(command, "--help")).isZero();
    assertThat(out.toString()).contains("Usage: lifeboat-agent " + command, "--config=FILE");
    assertThat(execute(command)).isEqualTo(2);
    assertThat(err.toString()).contains("Missing required option: '--config=FILE'");
    assertThat(execute(command, "--config", folder.resolve("none").toString())).isEqualTo(2);
    assertThat(err.toString())
        .endsWith(
            "lifeboat-agent: %s:\n  does not exist; name the configuration file by --config\n"
                .formatted(folder.resolve("none")));
  }

  @Test
  void wrongUsageIsCode2() {
    assertThat(execute()).isEqualTo(2);
    assertThat(err.toString()).contains("say what to do: enrol, run, mark, status or detach");
    assertThat(execute("run", "--config", config, "--port", "1")).isEqualTo(2);
    assertThat(err.toString()).contains("Unknown options: '--port', '1'");
    assertThat(execute("fly")).isEqualTo(2);
    assertThat(err.toString()).contains("'fly'");
    assertThat(execute("mark", "--config", config, "--timeout", "soon")).isEqualTo(2);
    assertThat(execute("mark", "--config", config, "--timeout", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("--timeout must be 1 second at least");
    assertThat(execute("mark", "--config", config, "--label", "two\nlines")).isEqualTo(2);
    assertThat(err.toString()).contains("--label must be one line of at most 256 characters");
  }

  @Test
  void brokenConfigurationIsCode2WithAllThatIsWrong() throws IOException {
    Files.writeString(Path.of(config), "machine: {uid: x}\nidentity: i\ndisks: 5\nstate: s\n");
    assertThat(execute("run", "--config", config)).isEqualTo(2);
    assertThat(err.toString().lines().toList())
        .hasSize(7)
        .contains("  disks must be a list", "  stateDirectory is missing");
  }

  private int enrol(String endpoint, String hash, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of("enrol", "--config", config, "--endpoint", endpoint, "--token", "abc"));
    arguments.addAll(List.of("--ca-sha256", hash));
    arguments.addAll(List.of(more));
    return execute(arguments.toArray(String[]::new));
  }

  @Test
  void enrolSaysWhatIsWrongWithTheCommand() {
    assertThat(execute("enrol", "--config", config)).isEqualTo(2);
    assertThat(err.toString())
        .contains("Missing required options: '--endpoint=HOST:PORT'", "--ca-sha256");
    assertThat(execute("enrol", "--config", config, "--endpoint", "operator", "--ca-sha256", HASH))
        .isEqualTo(2);
    assertThat(err.toString()).contains("there is no token: set LIFEBOAT_TOKEN");
    assertThat(enrol("operator:0", HASH)).isEqualTo(2);
    assertThat(err.toString()).contains("--endpoint must be host:port");
    assertThat(enrol("operator", "5eed")).isEqualTo(2);
    assertThat(err.toString()).contains("--ca-sha256 must be 64 hexadecimal digits");
  }

  @Test
  void enrolDoesNotTouchAConfigurationByHand() throws IOException {
    String before = Files.readString(Path.of(config));
    assertThat(enrol("operator.example", HASH)).isEqualTo(2);
    assertThat(err.toString())
        .contains("is a configuration by hand: move it away")
        .contains("`management: {endpoint: operator.example:443}`");
    assertThat(Path.of(config)).content().isEqualTo(before);
    Files.writeString(
        Path.of(config), "stateDirectory: s\nidentity: i\nmanagement: {endpoint: other.example}\n");
    assertThat(enrol("operator.example", HASH)).isEqualTo(2);
    assertThat(err.toString())
        .contains(
            "management.endpoint is other.example:443, the command says operator.example:443");
    assertThat(folder.resolve("s")).doesNotExist();
  }

  @Test
  void enrolTakesWholeDisksOnly() throws IOException {
    Files.writeString(
        Path.of(config),
        """
        machine: {hardwareId: rack 7}
        hardware: {directory: .}
        stateDirectory: state
        identity: identity
        management: {endpoint: "127.0.0.1:1"}
        """);
    assertThat(enrol("127.0.0.1:1", HASH, "--disk", "/dev/null")).isEqualTo(2);
    assertThat(err.toString()).contains("--disk /dev/null is no whole disk of this machine");
    assertThat(folder.resolve("identity")).doesNotExist();
  }

  @Test
  void runBeforeEnrolmentIsCode2() throws IOException {
    Files.writeString(
        Path.of(config),
        "stateDirectory: s\nhardware: {directory: .}\nidentity: i\nmanagement: {endpoint: o}\n");
    assertThat(execute("run", "--config", config)).isEqualTo(2);
    assertThat(err.toString()).startsWith("lifeboat-agent: this machine is not enrolled: paste");
    assertThat(folder.resolve("s")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"status", "mark"})
  void nobodyToAskIsCode1(String command) {
    assertThat(execute(command, "--config", config)).isEqualTo(1);
    assertThat(err)
        .hasToString(
            "lifeboat-agent: no agent answers in %s: start it by `lifeboat-agent run`\n"
                .formatted(folder.resolve("state")));
  }

  @Test
  void detachWhereNothingIsLeavesNothing() {
    assertThat(execute("detach", "--config", config)).isZero();
    assertThat(out.toString() + err).isEmpty();
    assertThat(folder.resolve("state")).doesNotExist();
  }
}
