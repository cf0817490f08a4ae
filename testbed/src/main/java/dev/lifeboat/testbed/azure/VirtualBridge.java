package dev.lifeboat.testbed.azure;

import dev.lifeboat.testbed.machine.DhcpServer;
import dev.lifeboat.testbed.network.NetworkBridge;
import dev.lifeboat.testbed.network.TestNetwork;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;

/**
 * The wire of a virtual network: a bridge on which DHCP gives each card the address that it has in
 * Azure, and nobody else any.
 */
final class VirtualBridge implements AutoCloseable {
  private final NetworkBridge bridge;
  private final DhcpServer dhcp;

  private VirtualBridge(NetworkBridge bridge, DhcpServer dhcp) {
    this.bridge = bridge;
    this.dhcp = dhcp;
  }

  /** The gateway's address comes with the prefix length, such as {@code 10.1.2.1/24}. */
  static VirtualBridge start(TestNetwork network, String name, String gateway, Path folder)
      throws IOException {
    NetworkBridge bridge = network.addBridge(name, gateway);
    try {
      InetAddress address = InetAddress.ofLiteral(gateway.substring(0, gateway.indexOf('/')));
      return new VirtualBridge(bridge, DhcpServer.start(network.enter(), name, address, folder));
    } catch (IOException e) {
      bridge.close();
      throw e;
    }
  }

  void assign(String mac, String address) throws IOException {
    dhcp.assign(mac, InetAddress.ofLiteral(address));
  }

  void addTap(String tap) throws IOException {
    bridge.addTap(tap);
  }

  void removeTap(String tap) throws IOException {
    bridge.removeTap(tap);
  }

  @Override
  public void close() throws IOException {
    dhcp.close();
    bridge.close();
  }
}
