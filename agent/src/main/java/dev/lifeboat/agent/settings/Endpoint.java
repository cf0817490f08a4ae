package dev.lifeboat.agent.settings;

import java.util.Optional;

/** A host, by name or address, and a port. */
public record Endpoint(String host, int port) {
  private static final int LAST_PORT = 65535;

  /** Reads {@code host:port}, or {@code host} alone; empty if it is neither. */
  public static Optional<Endpoint> parse(String text, int standardPort) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? text : text.substring(0, colon);
    String port = colon < 0 ? Integer.toString(standardPort) : text.substring(colon + 1);
    int number = port.matches("[0-9]{1,5}") ? Integer.parseInt(port) : 0;
    if (host.isBlank() || number < 1 || number > LAST_PORT) {
      return Optional.empty();
    }
    return Optional.of(new Endpoint(host, number));
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
