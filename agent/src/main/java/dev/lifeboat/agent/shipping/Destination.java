package dev.lifeboat.agent.shipping;

import java.time.Duration;
import java.util.List;

/**
 * Where the log goes, and how often it is marked.
 *
 * @param servers process servers, in the order in which they are greeted; at least one
 * @param markEvery how often a recovery point is tried
 */
public record Destination(List<ServerAddress> servers, Duration markEvery) {
  public Destination {
    servers = List.copyOf(servers);
    if (servers.isEmpty()) {
      throw new IllegalArgumentException("a log goes to at least one process server");
    }
  }
}
