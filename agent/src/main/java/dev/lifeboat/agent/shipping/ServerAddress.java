package dev.lifeboat.agent.shipping;

/**
 * Where a process server listens.
 *
 * @param name that its certificate carries: what proves who it is, whatever its address
 */
public record ServerAddress(String host, int port, String name) {

  /** A server that is certified under the host that it is reached by. */
  public ServerAddress(String host, int port) {
    this(host, port, host);
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
