package dev.lifeboat.agent.settings;

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
 * @param machine whose log it writes
 * @param hardwareId what this hardware is called where it has no identity of its own
 * @param hardwareDirectory files to believe instead of the machine's own, for tests
 * @param identity folder of certificate, key and authority
 * @param markEvery how often a recovery point is tried
 * @param serverTimeout silence after which the next server is greeted
 * @param baseRate bytes a second that passes read at most; 0 for no limit
 * @param ringBytes the kernel's ring; a power of two
 */
public record AgentSettings(
    UUID machine,
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

  public AgentSettings {
    disks = List.copyOf(disks);
    servers = List.copyOf(servers);
  }
}
