package dev.lifeboat.testbed.azure;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/** A virtual network with its subnets. */
final class VirtualNetwork extends Resource {
  static final String TYPE = "Microsoft.Network/virtualNetworks";

  /** A part of the network's addresses. */
  record Subnet(String name, Cidr range) {}

  private List<Cidr> ranges = List.of();
  private List<Subnet> subnets = List.of();

  VirtualNetwork(ResourceId id, String location) {
    super(id, location);
  }

  List<Cidr> ranges() {
    return ranges;
  }

  void ranges(List<Cidr> all) {
    ranges = List.copyOf(all);
  }

  List<Subnet> subnets() {
    return subnets;
  }

  void subnets(List<Subnet> all) {
    subnets = List.copyOf(all);
  }

  Optional<Subnet> subnet(String name) {
    return subnets.stream().filter(s -> s.name().equalsIgnoreCase(name)).findFirst();
  }

  String subnetId(String name) {
    return id() + "/subnets/" + name;
  }

  ObjectNode json(Subnet subnet) {
    ObjectNode json = Json.object();
    json.put("id", subnetId(subnet.name())).put("name", subnet.name());
    json.put("type", TYPE + "/subnets");
    json.putObject("properties")
        .put("addressPrefix", subnet.range().toString())
        .put("provisioningState", "Succeeded");
    return json;
  }

  @Override
  void describe(ObjectNode top, ObjectNode properties) {
    ArrayNode prefixes = properties.putObject("addressSpace").putArray("addressPrefixes");
    ranges.forEach(range -> prefixes.add(range.toString()));
    ArrayNode all = properties.putArray("subnets");
    subnets.forEach(subnet -> all.add(json(subnet)));
  }
}
