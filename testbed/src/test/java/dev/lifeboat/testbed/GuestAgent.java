package dev.lifeboat.testbed;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lifeboat.testbed.machine.Guest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Predicate;

/** The agent in a guest: its package, installed as a user installs it. */
final class GuestAgent {
  private static final ObjectMapper JSON = new ObjectMapper();
  static final Path PACKAGE =
      Path.of("../agent/target/lifeboat-agent-linux-x64.tar.gz").toAbsolutePath().normalize();

  private final Guest guest;

  GuestAgent(Guest guest) {
    this.guest = guest;
  }

  /** Unpacks the package in the guest, in memory: what is on its disks travels. */
  void unpack() throws IOException {
    guest.copy(PACKAGE, "/dev/shm/package.tar.gz");
    guest.ssh(
        "cd /dev/shm && mkdir package && tar -C package --strip-components=1 -xzf package.tar.gz"
            + " && rm package.tar.gz");
  }

  /** Installs it with this site's identity for so many disks, and starts it. */
  void install(Site site, ProcessServer server, int disks) throws IOException {
    StringBuilder list = new StringBuilder();
    for (int disk = 0; disk < disks; disk++) {
      list.append("  - {id: %d, device: /dev/vd%c}%n".formatted(disk + 1, 'a' + disk));
    }
    Path config = site.folder().resolve("guest-agent.yaml");
    Files.writeString(
        config,
        """
        machine: {uid: %s}
        stateDirectory: /var/lib/lifeboat
        disks:
        %sservers: [%s]
        identity: identity
        serverTimeout: 5m
        markEvery: 5s
        codec: lz4
        """
            .formatted(site.machine(), list, server.address()));
    guest.copy(config, "/dev/shm/agent.yaml");
    guest.copy(site.folder().resolve("machine"), "/dev/shm/identity");
    guest.ssh(
        "cd /dev/shm && package/install.sh --config agent.yaml --identity identity"
            + " && rm -r package agent.yaml identity && sync");
  }

  /** `status --json`; a missing node while the agent does not answer. */
  JsonNode status() throws IOException {
    dev.lifeboat.testbed.process.Command.Result result =
        guest.attempt("lifeboat-agent status --json");
    return result.exitCode() == 0 ? JSON.readTree(result.output()) : JSON.missingNode();
  }

  String log() throws IOException {
    return guest.ssh("journalctl --boot --no-pager --output cat --unit lifeboat-agent");
  }

  JsonNode until(String what, Predicate<JsonNode> condition) {
    return await(what)
        .atMost(Guest.PATIENCE)
        .pollInterval(Duration.ofSeconds(10))
        .until(this::status, condition);
  }

  void untilConsistent() {
    until("consistent", status -> status.path("state").asText().equals("Consistent"));
  }

  /** A mark on demand, waited for until it is a recovery point in the vault. */
  void mark(String label) throws IOException {
    guest.ssh("lifeboat-agent mark --label '" + label + "' --wait");
  }
}
