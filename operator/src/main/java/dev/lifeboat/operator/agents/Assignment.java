package dev.lifeboat.operator.agents;

import java.util.List;

/**
 * What an agent is to do.
 *
 * @param servers process servers, in the order in which they are greeted
 */
public record Assignment(List<Server> servers, int markEverySeconds, List<AgentRecord.Disk> disks) {

  /**
   * A process server.
   *
   * @param name that its certificate carries, whatever its address
   */
  public record Server(String host, int port, String name) {}

  public Assignment {
    servers = List.copyOf(servers);
    disks = List.copyOf(disks);
  }
}
