package dev.lifeboat.agent.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lifeboat.agent.shipping.Destination;
import dev.lifeboat.agent.shipping.ServerAddress;
import dev.lifeboat.wire.frame.Codec;
import dev.lifeboat.wire.settings.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsReaderTest {
  private static final String LEAST =
      """
      machine: {uid: 6f0c1f0e-7d1c-4b42-9a5e-1f6f0d5b8a11}
      stateDirectory: state
      disks: [{id: 1, device: /dev/sdb}]
      servers: [ps.example]
      identity: identity
      """;

  @TempDir Path folder;

  private AgentSettings read(String yaml) throws IOException, SettingsException {
    return SettingsReader.read(Files.writeString(folder.resolve("agent.yaml"), yaml));
  }

  private void assertProblems(String yaml, String... problems) {
    assertThatThrownBy(() -> read(yaml))
        .isInstanceOf(SettingsException.class)
        .hasMessage(folder.resolve("agent.yaml") + ":\n  " + String.join("\n  ", problems));
  }

  @Test
  void fillsInWhatIsNotSaid() throws Exception {
    AgentSettings settings = read(LEAST);
    assertThat(settings.machine())
        .contains(UUID.fromString("6f0c1f0e-7d1c-4b42-9a5e-1f6f0d5b8a11"));
    assertThat(settings.management()).isEmpty();
    assertThat(settings.stateDirectory()).isEqualTo(folder.resolve("state"));
    assertThat(settings.bpfDirectory()).isEqualTo(Path.of("/sys/fs/bpf/lifeboat"));
    assertThat(settings.disks()).isEqualTo(List.of(new AgentSettings.Disk(1, Path.of("/dev/sdb"))));
    assertThat(settings.servers()).isEqualTo(List.of(new ServerAddress("ps.example", 9443)));
    assertThat(settings.identity()).isEqualTo(folder.resolve("identity"));
    assertThat(settings.markEvery()).isEqualTo(Duration.ofMinutes(5));
    assertThat(settings.serverTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(settings.baseRate()).isZero();
    assertThat(settings.codec()).isEqualTo(Codec.LZ4);
    assertThat(Integer.bitCount(settings.ringBytes())).isEqualTo(1);
    assertThat(settings.journal()).isEmpty();
    assertThat(settings.metrics()).hasToString("/127.0.0.1:9465");
    assertThat(settings.jsonLog()).isFalse();
  }

  @Test
  void takesWhatIsSaid() throws Exception {
    AgentSettings settings =
        read(
            """
            machine: {uid: 6f0c1f0e-7d1c-4b42-9a5e-1f6f0d5b8a11, hardwareId: rack 7}
            hardware: {directory: hw}
            stateDirectory: /var/lib/agent
            bpfDirectory: /sys/fs/bpf/mine
            disks:
              - {id: 3, device: /dev/sdb}
              - {id: 9, device: /dev/sdc}
            servers: ["10.0.0.1:1", "[::1]:9444"]
            serverTimeout: 2m
            identity: /etc/lifeboat
            markEvery: 1s
            baseRate: 50MiB
            codec: zstd
            ring: 64MiB
            journal: {directory: journal, most: 1GiB, percent: 10}
            metrics: {address: 127.0.0.2, port: 1234}
            log: json
            """);
    assertThat(settings.hardwareId()).contains("rack 7");
    assertThat(settings.hardwareDirectory()).contains(folder.resolve("hw"));
    assertThat(settings.disks()).extracting(AgentSettings.Disk::id).containsExactly(3, 9);
    assertThat(settings.servers())
        .isEqualTo(List.of(new ServerAddress("10.0.0.1", 1), new ServerAddress("[::1]", 9444)));
    assertThat(settings.serverTimeout()).isEqualTo(Duration.ofMinutes(2));
    assertThat(settings.markEvery()).isEqualTo(Duration.ofSeconds(1));
    assertThat(settings.baseRate()).isEqualTo(50L << 20);
    assertThat(settings.codec()).isEqualTo(Codec.ZSTD);
    assertThat(settings.ringBytes()).isEqualTo(64 << 20);
    assertThat(settings.journal())
        .isEqualTo(Optional.of(new AgentSettings.Journal(folder.resolve("journal"), 1L << 30, 10)));
    assertThat(settings.metrics()).hasToString("/127.0.0.2:1234");
    assertThat(settings.jsonLog()).isTrue();
  }

  @Test
  void operatorSaysTheRest() throws Exception {
    AgentSettings settings =
        read(
            "stateDirectory: s\nidentity: i\nmanagement: {endpoint: operator.example, every: 1s}\n");
    assertThat(settings.machine()).isEmpty();
    assertThat(settings.disks()).isEmpty();
    assertThat(settings.servers()).isEmpty();
    assertThat(settings.management())
        .contains(
            new AgentSettings.Management(
                new Endpoint("operator.example", 443), Duration.ofSeconds(1)));
    AgentSettings assigned =
        settings.assigned(
            List.of(new AgentSettings.Disk(7, Path.of("/dev/sdb"))),
            new Destination(
                List.of(new ServerAddress("10.0.0.1", 30000, "gold")), Duration.ofSeconds(5)));
    assertThat(assigned.disks()).extracting(AgentSettings.Disk::id).containsExactly(7);
    assertThat(assigned.servers()).extracting(ServerAddress::name).containsExactly("gold");
    assertThat(assigned.markEvery()).isEqualTo(Duration.ofSeconds(5));
    assertThat(assigned.stateDirectory()).isEqualTo(settings.stateDirectory());
  }

  @Test
  void whatTheOperatorSaysIsNotSaidByHand() {
    String why = " is for the operator to say: remove it, or remove management";
    assertProblems(
        LEAST + "markEvery: 5s\nmanagement: {endpoint: 'a:b:c', token: x}\n",
        "machine.uid stands in the certificate: remove it, or remove management",
        "disks" + why,
        "servers" + why,
        "markEvery" + why,
        "management.endpoint must be host:port",
        "management.token is not known; known here: endpoint, every");
  }

  @Test
  void saysAllThatIsMissing() {
    assertProblems(
        "log: text\n",
        "machine.uid is missing",
        "stateDirectory is missing",
        "disks must list the disks to protect, 1 to 64",
        "servers must list at least one process server as host:port",
        "identity is missing");
  }

  @Test
  void saysAllThatIsWrongAtOnce() {
    assertProblems(
        """
        machine: {uid: machine-7, colour: blue}
        hardware: 5
        stateDirectory: %s
        disks:
          - {id: 1, device: /dev/sdb}
          - {id: 1, device: /dev/sdc, size: 5}
        servers: ["host:port", "fine:1", ":7", "far:65536", "none:0"]
        serverTimeout: soon
        identity: [a, b]
        markEvery: 500ms
        baseRate: 50MB
        codec: gzip
        ring: 65MiB
        journal: {most: 5, percent: 90}
        metrics: {port: many}
        log: xml
        loglevel: debug
        """
            .formatted("/" + "s".repeat(120)),
        "machine.uid must be the machine's uid, as lifeboat-vault init printed it",
        "machine.colour is not known; known here: hardwareId, uid",
        "hardware must hold keys and values",
        "stateDirectory is too long a path for the control socket in it: choose one of at most 98 bytes",
        "disks[1].size is not known; known here: device, id",
        "disks[1].id or device stands there twice",
        "servers holds 'host:port', which is not host:port",
        "servers holds ':7', which is not host:port",
        "servers holds 'far:65536', which is not host:port",
        "servers holds 'none:0', which is not host:port",
        "identity must be a single value",
        "identity is missing",
        "markEvery must be 1000ms at least",
        "serverTimeout must be a time such as 500ms, 30s or 2m",
        "baseRate must be a size such as 64MiB",
        "codec must be lz4, zstd or none",
        "ring must be a power of two, such as 64MiB",
        "journal.directory is missing",
        "journal.percent must be between 1 and 50",
        "metrics.port must be a number",
        "log must be text or json",
        "loglevel is not known; known here: baseRate, bpfDirectory, codec, disks, hardware, identity, journal, log, machine, management, markEvery, metrics, ring, serverTimeout, servers, stateDirectory");
  }

  @Test
  void aDiskIdHasSixteenBits() {
    assertProblems(LEAST.replace("id: 1", "id: 70000"), "disks[0].id must be between 1 and 65535");
  }

  @Test
  void aMachineIsNamedInFull() {
    assertProblems(
        LEAST.replace("6f0c1f0e-7d1c-4b42-9a5e-1f6f0d5b8a11", "1-1-1-1-1"),
        "machine.uid must be the machine's uid, as lifeboat-vault init printed it");
  }

  @Test
  void aTimeOfCenturiesIsRefused() {
    assertProblems(LEAST + "markEvery: 999999999m\n", "markEvery must be 525600m at most");
  }

  @Test
  void anAddressOfNobodyIsRefused() {
    assertProblems(
        LEAST + "metrics: {address: no-such-host.invalid}\n",
        "metrics.address must be an address of this machine, such as 127.0.0.1");
  }
}
