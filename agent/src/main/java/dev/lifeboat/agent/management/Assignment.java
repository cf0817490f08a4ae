package dev.lifeboat.agent.management;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lifeboat.agent.settings.AgentSettings;
import dev.lifeboat.agent.settings.Endpoint;
import dev.lifeboat.agent.settings.StateDirectory;
import dev.lifeboat.agent.shipping.Destination;
import dev.lifeboat.agent.shipping.ServerAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the operator wants the agent to do. The newest one is kept in the state directory, so that
 * the agent starts and works while no operator can be reached.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Assignment(
    @JsonProperty("servers") List<Server> servers,
    @JsonProperty("markEverySeconds") int markEverySeconds,
    @JsonProperty("disks") List<Disk> disks) {

  private static final String FILE = "assignment.json";

  /**
   * A process server.
   *
   * @param name that its certificate carries, whatever its address
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Server(
      @JsonProperty("host") String host,
      @JsonProperty("port") int port,
      @JsonProperty("name") String name) {
    public Server {
      if (host == null || name == null || Endpoint.parse(host + ":" + port, 0).isEmpty()) {
        throw new IllegalArgumentException("a process server needs host, port and name");
      }
    }
  }

  /** A disk, by the id that it has for ever. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Disk(@JsonProperty("id") int id, @JsonProperty("device") String device) {
    private static final int LAST_ID = 65535;

    public Disk {
      if (id < 1 || id > LAST_ID || device == null || !device.startsWith("/dev/")) {
        throw new IllegalArgumentException("a disk needs an id and a device");
      }
    }

    /** As the configuration has it. */
    public AgentSettings.Disk toProtect() {
      return new AgentSettings.Disk(id, Path.of(device));
    }
  }

  public Assignment {
    if (servers == null || servers.isEmpty() || disks == null || disks.isEmpty()) {
      throw new IllegalArgumentException("an assignment names process servers and disks");
    }
    if (markEverySeconds < 1) {
      throw new IllegalArgumentException("marks are at least a second apart");
    }
    servers = List.copyOf(servers);
    disks = List.copyOf(disks);
  }

  /** Where the log goes. */
  public Destination destination() {
    return new Destination(
        servers.stream()
            .map(server -> new ServerAddress(server.host(), server.port(), server.name()))
            .toList(),
        Duration.ofSeconds(markEverySeconds));
  }

  /** What is protected. */
  public List<AgentSettings.Disk> toProtect() {
    return disks.stream().map(Disk::toProtect).toList();
  }

  static Optional<Assignment> last(StateDirectory state) {
    return state.read(FILE, Assignment.class);
  }

  void keep(StateDirectory state) {
    state.write(FILE, this);
  }

  /** Another enrolment is another assignment. */
  public static void forget(StateDirectory state) {
    state.forget(FILE);
  }
}
