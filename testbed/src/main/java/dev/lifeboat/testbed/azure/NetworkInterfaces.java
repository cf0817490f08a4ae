package dev.lifeboat.testbed.azure;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lifeboat.testbed.azure.NetworkInterface.Configuration;
import dev.lifeboat.testbed.azure.Operations.Operation;
import dev.lifeboat.testbed.azure.VirtualNetwork.Subnet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Network interfaces: one address each, fixed or the next free one. */
final class NetworkInterfaces {
  private static final String PATH =
      "/subscriptions/{subscription}/resourceGroups/{group}/providers/"
          + "Microsoft.Network/networkInterfaces";

  private final Cloud cloud;
  private final Provisioner provisioner;
  private final Limits limits;
  private final VirtualNetworks networks;
  private final AtomicInteger macs = new AtomicInteger();

  NetworkInterfaces(Cloud cloud, Provisioner provisioner, Limits limits, VirtualNetworks networks) {
    this.cloud = cloud;
    this.provisioner = provisioner;
    this.limits = limits;
    this.networks = networks;
  }

  void addTo(Routes routes) {
    routes
        .on("PUT", PATH + "/{name}", "NetworkInterfaces_CreateOrUpdate", this::put)
        .on("GET", PATH + "/{name}", "NetworkInterfaces_Get", c -> Answer.ok(require(c).json()))
        .on("DELETE", PATH + "/{name}", "NetworkInterfaces_Delete", this::delete)
        .on(
            "GET",
            PATH,
            "NetworkInterfaces_List",
            c -> Answer.ok(cloud.list(NetworkInterface.class, c.variable("group"))));
  }

  private NetworkInterface require(Call call) {
    return cloud.require(call.resource(NetworkInterface.TYPE), NetworkInterface.class);
  }

  private Answer put(Call call) {
    ResourceId id = call.resource(NetworkInterface.TYPE);
    JsonNode body = call.body();
    synchronized (cloud) {
      cloud.requireGroup(id.group());
      String location = cloud.location(body, NetworkInterface.TYPE);
      for (String other : List.of("networkSecurityGroup", "dscpConfiguration")) {
        if (!Json.at(body, "properties." + other).isMissingNode()) {
          throw ArmException.notImplemented("NetworkInterfaces_CreateOrUpdate with " + other);
        }
      }
      JsonNode item = onlyConfiguration(body);
      Configuration configuration = configuration(item, id, location);
      Optional<NetworkInterface> found = cloud.find(id, NetworkInterface.class);
      long address = address(item, id, configuration, found);
      if (found.isPresent()) {
        NetworkInterface nic = found.get();
        Provisioner.requireStaying(nic);
        boolean moved =
            nic.address() != address || !nic.isIn(configuration.network(), configuration.subnet());
        if (moved && nic.machine().isPresent()) {
          throw ArmException.notImplemented("another address for an interface that a VM has");
        }
        nic.configure(configuration, address);
        nic.tags(body.path("tags"));
        return provisioner.accepted(200, nic, call);
      }
      int used = cloud.all(NetworkInterface.class).size();
      if (used >= limits.of(Limits.INTERFACES)) {
        throw new ArmException(
            400,
            "NetworkInterfaceCountExceeded",
            "Cannot create more than %d network interfaces for this subscription in this region."
                .formatted(limits.of(Limits.INTERFACES)));
      }
      NetworkInterface nic = new NetworkInterface(id, location, mac(), configuration, address);
      nic.tags(body.path("tags"));
      cloud.put(nic);
      provisioner.begin("NetworkInterfaces_CreateOrUpdate", nic, "Updating", Operations::nothing);
      return provisioner.accepted(201, nic, call);
    }
  }

  /** Of Microsoft's range, as Azure's are. */
  private String mac() {
    int n = macs.incrementAndGet();
    return "00:0d:3a:%02x:%02x:%02x".formatted(n >> 16 & 255, n >> 8 & 255, n & 255);
  }

  private static JsonNode onlyConfiguration(JsonNode body) {
    List<JsonNode> items = Json.items(body, "properties.ipConfigurations");
    if (items.isEmpty()) {
      throw new ArmException(
          400,
          "NetworkInterfaceMustHaveOneIpConfiguration",
          "A network interface must have at least one IP configuration.");
    }
    if (items.size() > 1) {
      throw ArmException.notImplemented(
          "NetworkInterfaces_CreateOrUpdate with more than one address");
    }
    if (!Json.at(items.getFirst(), "properties.publicIPAddress").isMissingNode()) {
      throw ArmException.notImplemented("NetworkInterfaces_CreateOrUpdate with publicIPAddress");
    }
    return items.getFirst();
  }

  private Configuration configuration(JsonNode item, ResourceId id, String location) {
    String name = Json.required(item, "name", "ipConfiguration.name");
    String reference = Json.text(item, "properties.subnet.id");
    if (reference.isEmpty()) {
      throw new ArmException(
          400,
          "SubnetNotProvided",
          "IP configuration " + id + "/ipConfigurations/" + name + " must have a subnet.");
    }
    int cut = reference.toLowerCase(Locale.ROOT).lastIndexOf("/subnets/");
    ResourceId networkId =
        ResourceId.reference(
            cut < 0 ? reference : reference.substring(0, cut),
            VirtualNetwork.TYPE,
            "properties.ipConfigurations[0].properties.subnet.id");
    VirtualNetwork network = cloud.referenced(networkId, VirtualNetwork.class, id, location);
    String subnetName = cut < 0 ? "" : reference.substring(cut + "/subnets/".length());
    Subnet subnet =
        network
            .subnet(subnetName)
            .orElseThrow(() ->
                new ArmException(
                    400,
                    "InvalidResourceReference",
                    ("Resource %s referenced by resource %s was not found. Please make sure that"
                            + " the referenced resource exists, and that both resources are in the"
                            + " same region.")
                        .formatted(reference, id)));
    String method = Json.at(item, "properties.privateIPAllocationMethod").asText("Dynamic");
    return new Configuration(name, method.equalsIgnoreCase("Static"), network, subnet);
  }

  private long address(
      JsonNode item, ResourceId id, Configuration configuration, Optional<NetworkInterface> owner) {
    VirtualNetwork network = configuration.network();
    Subnet subnet = configuration.subnet();
    if (!configuration.fixed()) {
      if (owner.filter(nic -> nic.isIn(network, subnet)).isPresent()) {
        return owner.get().address();
      }
      List<Long> free = networks.free(network, subnet, 1);
      if (free.isEmpty()) {
        throw new ArmException(
            400,
            "SubnetIsFull",
            "Subnet %s with address prefix %s does not have enough capacity for 1 IP address."
                .formatted(subnet.name(), subnet.range()));
      }
      return free.getFirst();
    }
    String text = Json.text(item, "properties.privateIPAddress");
    if (text.isEmpty()) {
      throw new ArmException(
          400,
          "PrivateIPAddressMissing",
          "Private IP address is required when privateIPAllocationMethod is Static in IP configuration "
              + id
              + "/ipConfigurations/"
              + configuration.name()
              + ".");
    }
    long address = VirtualNetworks.address(text);
    if (!subnet.range().contains(address)) {
      throw new ArmException(
          400,
          "PrivateIPAddressNotInSubnet",
          "Private static IP address %s does not belong to the range of subnet prefix %s."
              .formatted(text, subnet.range()));
    }
    if (subnet.range().reserved(address)) {
      throw new ArmException(
          400,
          "PrivateIPAddressInReservedRange",
          "Private static IP address %s falls within reserved IP range of subnet prefix %s."
              .formatted(text, subnet.range()));
    }
    Optional<NetworkInterface> holder = networks.holder(network, subnet, address);
    if (holder.filter(nic -> !nic.id().sameAs(id)).isPresent()) {
      throw new ArmException(
          400,
          "PrivateIPAddressIsAllocated",
          "IP configuration %s/ipConfigurations/%s is using the private IP address %s which is already allocated to resource %s."
              .formatted(id, configuration.name(), text, holder.get().id()));
    }
    return address;
  }

  private Answer delete(Call call) {
    ResourceId id = call.resource(NetworkInterface.TYPE);
    synchronized (cloud) {
      cloud.requireGroup(id.group());
      Optional<NetworkInterface> found = cloud.find(id, NetworkInterface.class);
      if (found.isEmpty()) {
        return Answer.empty(204);
      }
      if (found.get().machine().isPresent()) {
        throw new ArmException(
            400,
            "NicInUse",
            "Network Interface %s is used by existing resource %s. In order to delete the network"
                    .formatted(id, found.get().machine().get())
                + " interface, it must be dissociated from the resource.");
      }
      return provisioner.accepted(found.get(), call, remove(found.get()));
    }
  }

  /** Deletes an interface that no machine has; the caller holds the cloud's lock. */
  Operation remove(NetworkInterface nic) {
    return provisioner.begin(
        "NetworkInterfaces_Delete",
        nic,
        "Deleting",
        () -> {
          cloud.remove(nic);
          return Operations.nothing();
        });
  }
}
