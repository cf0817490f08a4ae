package dev.lifeboat.testbed.azure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lifeboat.testbed.azure.VirtualNetwork.Subnet;
import java.util.Locale;
import java.util.Optional;

/** A network interface with its one address. */
final class NetworkInterface extends Resource {
  static final String TYPE = "Microsoft.Network/networkInterfaces";

  /** How an interface comes by its address. */
  record Configuration(String name, boolean fixed, VirtualNetwork network, Subnet subnet) {}

  private final String mac;
  private Configuration configuration;
  private long address;
  private Optional<ResourceId> machine = Optional.empty();

  NetworkInterface(
      ResourceId id, String location, String mac, Configuration configuration, long address) {
    super(id, location);
    this.mac = mac;
    this.configuration = configuration;
    this.address = address;
  }

  /** With colons, as machines write it. */
  String mac() {
    return mac;
  }

  Configuration configuration() {
    return configuration;
  }

  long address() {
    return address;
  }

  void configure(Configuration next, long nextAddress) {
    configuration = next;
    address = nextAddress;
  }

  boolean isIn(VirtualNetwork network, Subnet subnet) {
    return configuration.network().id().sameAs(network.id())
        && configuration.subnet().name().equalsIgnoreCase(subnet.name());
  }

  Optional<ResourceId> machine() {
    return machine;
  }

  void machine(Optional<ResourceId> owner) {
    machine = owner;
  }

  @Override
  void describe(ObjectNode top, ObjectNode properties) {
    ObjectNode item = properties.putArray("ipConfigurations").addObject();
    item.put("id", id() + "/ipConfigurations/" + configuration.name());
    item.put("name", configuration.name());
    item.put("type", TYPE + "/ipConfigurations");
    ObjectNode of = item.putObject("properties");
    of.put("provisioningState", provisioning()).put("primary", true);
    of.put("privateIPAddress", Cidr.text(address)).put("privateIPAddressVersion", "IPv4");
    of.put("privateIPAllocationMethod", configuration.fixed() ? "Static" : "Dynamic");
    of.putObject("subnet")
        .put("id", configuration.network().subnetId(configuration.subnet().name()));
    // Azure tells the hardware address once a machine has the interface.
    machine.ifPresent(owner -> {
      properties.put("macAddress", mac.replace(':', '-').toUpperCase(Locale.ROOT));
      properties.put("primary", true);
      properties.putObject("virtualMachine").put("id", owner.toString());
    });
  }
}
