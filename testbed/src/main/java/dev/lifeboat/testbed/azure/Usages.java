package dev.lifeboat.testbed.azure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** What the subscription may use, what it uses, and what sizes of machines there are. */
final class Usages {
  private static final String COMPUTE =
      "/subscriptions/{subscription}/providers/Microsoft.Compute/locations/{location}/";
  private static final String NETWORK =
      "/subscriptions/{subscription}/providers/Microsoft.Network/locations/{location}/";

  private final Cloud cloud;
  private final Limits limits;

  Usages(Cloud cloud, Limits limits) {
    this.cloud = cloud;
    this.limits = limits;
  }

  void addTo(Routes routes) {
    routes
        .on("GET", COMPUTE + "usages", "Usage_List", this::compute)
        .on("GET", NETWORK + "usages", "Usages_List", this::network)
        .on("GET", COMPUTE + "vmSizes", "VirtualMachineSizes_List", this::sizes);
  }

  private Answer sizes(Call call) {
    requireLocation(call);
    return Answer.ok(Json.list(VmSize.ALL.stream().map(VmSize::json).toList()));
  }

  private Answer compute(Call call) {
    requireLocation(call);
    synchronized (cloud) {
      List<ObjectNode> all = new ArrayList<>();
      all.add(usage(Limits.CORES, "Total Regional vCPUs", cores()));
      all.add(usage(Limits.MACHINES, "Virtual Machines", cloud.all(VirtualMachine.class).size()));
      all.add(usage(Limits.DISKS, "Standard Storage Managed Disks", cloud.all(Disk.class).size()));
      for (String family : new TreeSet<>(VmSize.ALL.stream().map(VmSize::family).toList())) {
        all.add(usage(family, family + " vCPUs", cores(family)));
      }
      return Answer.ok(Json.list(all));
    }
  }

  private Answer network(Call call) {
    requireLocation(call);
    synchronized (cloud) {
      return Answer.ok(
          Json.list(
              List.of(
                  usage(
                      Limits.NETWORKS, "Virtual Networks", cloud.all(VirtualNetwork.class).size()),
                  usage(
                      Limits.INTERFACES,
                      "Network Interfaces",
                      cloud.all(NetworkInterface.class).size()))));
    }
  }

  private void requireLocation(Call call) {
    String location = call.variable("location");
    if (!cloud.has(location)) {
      throw new ArmException(
          400, "NoRegisteredProviderFound", "The location '" + location + "' is not known.");
    }
  }

  private ObjectNode usage(String name, String shown, int used) {
    ObjectNode usage = Json.object();
    usage.put("unit", "Count").put("currentValue", used).put("limit", limits.of(name));
    usage.putObject("name").put("value", name).put("localizedValue", shown);
    return usage;
  }

  private int cores() {
    return cloud.all(VirtualMachine.class).stream().mapToInt(VirtualMachine::coresInUse).sum();
  }

  private int cores(String family) {
    return cloud.all(VirtualMachine.class).stream()
        .filter(machine -> machine.size().family().equals(family))
        .mapToInt(VirtualMachine::coresInUse)
        .sum();
  }

  /** Refuses a machine that is one, or its cores, too many; the caller holds the cloud's lock. */
  void requireRoomFor(VmSize size, String location, boolean another) {
    int machines = cloud.all(VirtualMachine.class).size();
    if (another && machines >= limits.of(Limits.MACHINES)) {
      throw exceeded(Limits.MACHINES, location, limits.of(Limits.MACHINES), machines, 1);
    }
    if (cores() + size.cores() > limits.of(Limits.CORES)) {
      throw exceeded(
          "Total Regional Cores", location, limits.of(Limits.CORES), cores(), size.cores());
    }
    String family = size.family();
    if (cores(family) + size.cores() > limits.of(family)) {
      throw exceeded(family + " Cores", location, limits.of(family), cores(family), size.cores());
    }
  }

  static ArmException exceeded(String name, String location, int limit, int used, int wanted) {
    return ArmException.notAllowed(
        ("Operation could not be completed as it results in exceeding approved %s quota. Additional"
                + " details - Deployment Model: Resource Manager, Location: %s, Current Limit: %d,"
                + " Current Usage: %d, Additional Required: %d, (Minimum) New Limit Required: %d.")
            .formatted(name, location, limit, used, wanted, used + wanted));
  }
}
