package dev.lifeboat.testbed.azure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lifeboat.testbed.azure.VirtualNetwork.Subnet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Virtual networks and subnets. */
final class VirtualNetworks {
  private static final String PATH =
      "/subscriptions/{subscription}/resourceGroups/{group}/providers/"
          + "Microsoft.Network/virtualNetworks";
  private static final int SUGGESTED = 5;

  private final Cloud cloud;
  private final Provisioner provisioner;
  private final Limits limits;
  private final MachineHost host;

  VirtualNetworks(Cloud cloud, Provisioner provisioner, Limits limits, MachineHost host) {
    this.cloud = cloud;
    this.provisioner = provisioner;
    this.limits = limits;
    this.host = host;
  }

  void addTo(Routes routes) {
    routes
        .on("PUT", PATH + "/{name}", "VirtualNetworks_CreateOrUpdate", this::put)
        .on("GET", PATH + "/{name}", "VirtualNetworks_Get", c -> Answer.ok(require(c).json()))
        .on("DELETE", PATH + "/{name}", "VirtualNetworks_Delete", this::delete)
        .on(
            "GET",
            PATH,
            "VirtualNetworks_List",
            c -> Answer.ok(cloud.list(VirtualNetwork.class, c.variable("group"))))
        .on("GET", PATH + "/{name}/subnets/{subnet}", "Subnets_Get", this::subnet)
        .on(
            "GET",
            PATH + "/{name}/CheckIPAddressAvailability",
            "VirtualNetworks_CheckIPAddressAvailability",
            this::checkAddress);
  }

  private VirtualNetwork require(Call call) {
    return cloud.require(call.resource(VirtualNetwork.TYPE), VirtualNetwork.class);
  }

  private Answer put(Call call) {
    ResourceId id = call.resource(VirtualNetwork.TYPE);
    JsonNode body = call.body();
    synchronized (cloud) {
      cloud.requireGroup(id.group());
      String location = cloud.location(body, VirtualNetwork.TYPE);
      List<Cidr> ranges = ranges(body);
      List<Subnet> subnets = subnets(body, ranges);
      Optional<VirtualNetwork> found = cloud.find(id, VirtualNetwork.class);
      if (found.isEmpty() && cloud.all(VirtualNetwork.class).size() >= limits.of(Limits.NETWORKS)) {
        throw new ArmException(
            400,
            "VirtualNetworkCountLimitReached",
            "Cannot create more than %d virtual networks for this subscription in this region."
                .formatted(limits.of(Limits.NETWORKS)));
      }
      found.ifPresent(Provisioner::requireStaying);
      VirtualNetwork network = found.orElseGet(() -> new VirtualNetwork(id, location));
      for (Subnet old : network.subnets()) {
        if (!subnets.contains(old) && !interfaces(network, old).isEmpty()) {
          throw new ArmException(
              400,
              "InUseSubnetCannotBeDeleted",
              "Subnet %s is in use by %s and cannot be deleted."
                  .formatted(old.name(), interfaces(network, old).getFirst().id()));
        }
      }
      network.ranges(ranges);
      network.subnets(subnets);
      network.tags(body.path("tags"));
      cloud.put(network);
      provisioner.begin("VirtualNetworks_CreateOrUpdate", network, "Updating", Operations::nothing);
      return provisioner.accepted(found.isPresent() ? 200 : 201, network, call);
    }
  }

  private static List<Cidr> ranges(JsonNode body) {
    List<Cidr> ranges = new ArrayList<>();
    for (JsonNode prefix : Json.items(body, "properties.addressSpace.addressPrefixes")) {
      ranges.add(cidr(prefix.asText()));
    }
    if (ranges.isEmpty()) {
      throw new ArmException(
          400,
          "InvalidRequestFormat",
          "Cannot parse the request: the address space of a virtual network must have a prefix.");
    }
    return ranges;
  }

  private static Cidr cidr(String text) {
    return Cidr.parse(text)
        .orElseThrow(() ->
            new ArmException(
                400,
                "InvalidCIDRNotation",
                "The address prefix " + text + " has an invalid CIDR notation."));
  }

  private static List<Subnet> subnets(JsonNode body, List<Cidr> ranges) {
    List<Subnet> subnets = new ArrayList<>();
    for (JsonNode item : Json.items(body, "properties.subnets")) {
      String name = Json.required(item, "name", "subnet.name");
      String prefix = Json.text(item, "properties.addressPrefix");
      if (prefix.isEmpty()) {
        prefix = Json.at(item, "properties.addressPrefixes").path(0).asText();
      }
      Subnet subnet = new Subnet(name, cidr(prefix));
      if (ranges.stream().noneMatch(range -> range.contains(subnet.range()))) {
        throw new ArmException(
            400,
            "NetcfgSubnetRangeOutsideVnet",
            "Subnet '"
                + name
                + "' is not valid because its IP address range is outside the IP"
                + " address range of the virtual network.");
      }
      if (subnets.stream().anyMatch(other -> other.range().overlaps(subnet.range()))) {
        throw new ArmException(
            400,
            "NetcfgSubnetRangesOverlap",
            "Subnet '"
                + name
                + "' is not valid because its IP address range overlaps with that of"
                + " an existing subnet in the virtual network.");
      }
      subnets.add(subnet);
    }
    return subnets;
  }

  private Answer subnet(Call call) {
    VirtualNetwork network = require(call);
    String name = call.variable("subnet");
    synchronized (cloud) {
      return Answer.ok(
          network.json(
              network
                  .subnet(name)
                  .orElseThrow(() ->
                      new ArmException(
                          404, "NotFound", "Resource " + network.subnetId(name) + " not found."))));
    }
  }

  private Answer delete(Call call) {
    ResourceId id = call.resource(VirtualNetwork.TYPE);
    synchronized (cloud) {
      cloud.requireGroup(id.group());
      Optional<VirtualNetwork> found = cloud.find(id, VirtualNetwork.class);
      if (found.isEmpty()) {
        return Answer.empty(204);
      }
      VirtualNetwork network = found.get();
      for (Subnet subnet : network.subnets()) {
        for (NetworkInterface user : interfaces(network, subnet)) {
          throw new ArmException(
              400,
              "InUseSubnetCannotBeDeleted",
              "Subnet %s is in use by %s and cannot be deleted."
                  .formatted(subnet.name(), user.id()));
        }
      }
      return provisioner.accepted(
          network,
          call,
          provisioner.begin(
              "VirtualNetworks_Delete",
              network,
              "Deleting",
              () -> {
                host.removed(network.id().key());
                cloud.remove(network);
                return Operations.nothing();
              }));
    }
  }

  private Answer checkAddress(Call call) {
    VirtualNetwork network = require(call);
    long address = address(call.query("ipAddress"));
    synchronized (cloud) {
      Subnet subnet =
          network.subnets().stream()
              .filter(s -> s.range().contains(address))
              .findFirst()
              .orElseThrow(() ->
                  new ArmException(
                      400,
                      "PrivateIPAddressNotInAnySubnet",
                      "Private static IP address %s does not belong to the range of any subnet in"
                              .formatted(Cidr.text(address))
                          + " virtual network "
                          + network.id()
                          + "."));
      boolean available =
          !subnet.range().reserved(address) && !taken(network, subnet).contains(address);
      ObjectNode body = Json.object().put("available", available);
      if (!available) {
        var suggestions = body.putArray("availableIPAddresses");
        free(network, subnet, SUGGESTED).forEach(free -> suggestions.add(Cidr.text(free)));
      }
      return Answer.ok(body);
    }
  }

  static long address(String text) {
    return Cidr.number(text)
        .orElseThrow(() ->
            new ArmException(
                400, "InvalidIPAddressFormat", "The IP address '" + text + "' is not valid."));
  }

  private List<NetworkInterface> interfaces(VirtualNetwork network, Subnet subnet) {
    return cloud.all(NetworkInterface.class).stream()
        .filter(nic -> nic.isIn(network, subnet))
        .toList();
  }

  /** The addresses that interfaces have; the caller holds the cloud's lock. */
  Set<Long> taken(VirtualNetwork network, Subnet subnet) {
    Set<Long> taken = new TreeSet<>();
    interfaces(network, subnet).forEach(nic -> taken.add(nic.address()));
    return taken;
  }

  /** Who has an address; the caller holds the cloud's lock. */
  Optional<NetworkInterface> holder(VirtualNetwork network, Subnet subnet, long address) {
    return interfaces(network, subnet).stream().filter(n -> n.address() == address).findFirst();
  }

  /** The lowest free addresses, as many as there are and wanted. */
  List<Long> free(VirtualNetwork network, Subnet subnet, int wanted) {
    Set<Long> taken = taken(network, subnet);
    List<Long> free = new ArrayList<>();
    Cidr range = subnet.range();
    for (long a = range.first(); a < range.first() + range.size() && free.size() < wanted; a++) {
      if (!range.reserved(a) && !taken.contains(a)) {
        free.add(a);
      }
    }
    return free;
  }
}
