package dev.lifeboat.testbed.network;

import dev.lifeboat.testbed.process.Command;
import java.io.IOException;
import java.util.List;

/**
 * A bridge in the testbed's network namespace: a wire that machines are plugged into. The namespace
 * itself holds the gateway's address on it and forwards between all bridges. Thread-safe; whoever
 * added a bridge closes it, or leaves that to the end of its network.
 */
public final class NetworkBridge implements AutoCloseable {

  private final List<String> enter;
  private final String name;
  private final String gateway;

  NetworkBridge(List<String> enter, String name, String gateway) {
    this.enter = enter;
    this.name = name;
    this.gateway = gateway;
  }

  /** The interface's name, inside the namespace. */
  public String name() {
    return name;
  }

  /** The namespace's own address and the prefix length, such as {@code 10.1.0.1/24}. */
  public String gateway() {
    return gateway;
  }

  /**
   * Adds a tap that is plugged into this bridge, for a virtual machine: {@code -netdev
   * tap,ifname=NAME,script=no,downscript=no}, QEMU being started inside the namespace.
   *
   * @param tap 15 characters at most, unique in the network
   * @throws IOException if the name is taken, for instance
   */
  public void addTap(String tap) throws IOException {
    Command.run(enter, "ip", "tuntap", "add", "dev", tap, "mode", "tap");
    Command.run(enter, "ip", "link", "set", "dev", tap, "master", name, "up");
  }

  /** Removes a tap; none of that name is an error. */
  public void removeTap(String tap) throws IOException {
    Command.run(enter, "ip", "link", "delete", "dev", tap);
  }

  /** Removes the bridge; taps that were plugged into it stay, unplugged. */
  @Override
  public void close() throws IOException {
    Command.run(enter, "ip", "link", "delete", "dev", name);
  }
}
