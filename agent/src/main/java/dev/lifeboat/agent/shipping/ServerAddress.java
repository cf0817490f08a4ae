package dev.lifeboat.agent.shipping;

/** Where a process server listens. */
public record ServerAddress(String host, int port) {
  @Override
  public String toString() {
    return host + ":" + port;
  }
}
