package dev.lifeboat.agent.settings;

import dev.lifeboat.agent.shipping.Destination;
import dev.lifeboat.agent.shipping.ServerAddress;
import dev.lifeboat.wire.frame.Codec;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The whole configuration of an agent, checked. Holds no secret: only the folder they are in.
 *
 * <p>Either a person says which machine this is, what is protected and where it goes; or an
 * operator does ({@code management}), and then these are empty here until {@link #assigned}.
 *
 * @param machine whose log it writes; empty: the one that its certificate names
 * @param management the operator that leads the agent
 * @param hardwareId what this hardware is called where it has no identity of its own
 * @param hardwareDirectory files to believe instead of the machine's own, for tests
 * @param identity folder of certificate, key and authority
 * @param markEvery how often a recovery point is tried
 * @param serverTimeout silence after which the next server is greeted
 * @param baseRate bytes a second that passes read at most; 0 for no limit
 * @param ringBytes the kernel's ring; a power of two
 */
public record AgentSettings(
    Optional<UUID> machine,
    Optional<Management> management,
    Optional<String> hardwareId,
    Optional<Path> hardwareDirectory,
    Path stateDirectory,
    Path bpfDirectory,
    List<Disk> disks,
    List<ServerAddress> servers,
    Path identity,
    Duration markEvery,
    Duration serverTimeout,
    long baseRate,
    Codec codec,
    int ringBytes,
    Optional<Journal> journal,
    InetSocketAddress metrics,
    boolean jsonLog) {

  /**
   * A disk to protect.
   *
   * @param id what it is called in log and vault, for ever
   */
  public record Disk(int id, Path device) {}

  /** Where tracked changes lie, and how much room they may take. */
  public record Journal(Path directory, long mostBytes, int percent) {}

  /**
   * The operator.
   *
   * @param every how often it is told how the agent is, and asked what to do
   */
  public record Management(Endpoint endpoint, Duration every) {}

  public AgentSettings {
    disks = List.copyOf(disks);
    servers = List.copyOf(servers);
  }

  /** With what the operator says. */
  public AgentSettings assigned(List<Disk> toProtect, Destination destination) {
    return new AgentSettings(
        machine,
        management,
        hardwareId,
        hardwareDirectory,
        stateDirectory,
        bpfDirectory,
        toProtect,
        destination.servers(),
        identity,
        destination.markEvery(),
        serverTimeout,
        baseRate,
        codec,
        ringBytes,
        journal,
        metrics,
        jsonLog);
  }
}
