package dev.lifeboat.testbed.azure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lifeboat.testbed.azure.Cloud.Group;
import java.io.IOException;
import java.util.Optional;

/** Resource groups; deleting one deletes all in it. */
final class ResourceGroups {
  private static final String ALL = "/subscriptions/{subscription}/resourceGroups";

  private final Cloud cloud;
  private final Operations operations;
  private final Machines machines;
  private final Disks disks;
  private final MachineHost host;

  ResourceGroups(
      Cloud cloud, Operations operations, Machines machines, Disks disks, MachineHost host) {
    this.cloud = cloud;
    this.operations = operations;
    this.machines = machines;
    this.disks = disks;
    this.host = host;
  }

  void addTo(Routes routes) {
    String one = ALL + "/{group}";
    routes
        .on("PUT", one, "ResourceGroups_CreateOrUpdate", this::put)
        .on(
            "GET",
            one,
            "ResourceGroups_Get",
            c -> Answer.ok(json(cloud.requireGroup(c.variable("group")))))
        .on(
            "HEAD",
            one,
            "ResourceGroups_CheckExistence",
            c -> Answer.empty(cloud.group(c.variable("group")).isPresent() ? 204 : 404))
        .on(
            "GET",
            ALL,
            "ResourceGroups_List",
            _ -> Answer.ok(Json.list(cloud.groups().stream().map(this::json).toList())))
        .on("DELETE", one, "ResourceGroups_Delete", this::delete)
        .on("GET", "/subscriptions/{subscription}", "Subscriptions_Get", _ -> subscription());
  }

  private Answer subscription() {
    ObjectNode json = Json.object();
    json.put("id", "/subscriptions/" + cloud.subscription());
    json.put("subscriptionId", cloud.subscription()).put("displayName", "Lifeboat's testbed");
    return Answer.ok(json.put("state", "Enabled"));
  }

  private ObjectNode json(Group group) {
    ObjectNode json = Json.object();
    json.put("id", ResourceId.group(cloud.subscription(), group.name()));
    json.put("name", group.name()).put("type", "Microsoft.Resources/resourceGroups");
    json.put("location", group.location()).set("tags", group.tags());
    json.putObject("properties").put("provisioningState", "Succeeded");
    return json;
  }

  private Answer put(Call call) {
    String name = call.variable("group");
    if (!name.matches("[\\w.()-]{1,90}") || name.endsWith(".")) {
      throw new ArmException(
          400,
          "InvalidResourceGroup",
          "The provided resource group name '" + name + "' is invalid.");
    }
    synchronized (cloud) {
      String location = cloud.location(call.body(), "");
      Optional<Group> found = cloud.group(name);
      if (found.isPresent() && !found.get().location().equals(location)) {
        throw new ArmException(
            409,
            "InvalidResourceGroupLocation",
            "Invalid resource group location '%s'. The Resource group already exists in location '%s'."
                .formatted(location, found.get().location()));
      }
      var tags = call.body().path("tags");
      Group group =
          new Group(
              found.map(Group::name).orElse(name),
              location,
              tags.isObject() ? tags : Json.object());
      cloud.put(group);
      return Answer.of(found.isPresent() ? 200 : 201, json(group));
    }
  }

  static ArmException otherLocation(ResourceId id, String is, String wanted) {
    return new ArmException(
        409,
        "InvalidResourceLocation",
        ("The resource '%s' already exists in location '%s' in resource group '%s'. A resource with"
                + " the same name cannot be created in location '%s'. Please select a new resource"
                + " name.")
            .formatted(id.name(), is, id.group(), wanted));
  }

  private Answer delete(Call call) {
    Group group = cloud.requireGroup(call.variable("group"));
    var operation =
        operations.begin(
            "ResourceGroups_Delete",
            Optional.empty(),
            () -> {
              empty(group.name());
              return Operations.nothing();
            },
            () -> {});
    return operations
        .accepted(Answer.empty(202), call, "Microsoft.Resources", operation)
        .pending(operation, () -> Answer.empty(200));
  }

  /** What uses goes before what is used. */
  private void empty(String group) throws IOException {
    for (VirtualMachine machine : cloud.all(VirtualMachine.class, group)) {
      machines.remove(machine);
    }
    for (Disk disk : cloud.all(Disk.class, group)) {
      if (disk.machine().isPresent()) {
        throw ArmException.notAllowed(
            "Disk %s is attached to VM %s.".formatted(disk.id().name(), disk.machine().get()));
      }
      disks.erase(disk);
    }
    for (NetworkInterface nic : cloud.all(NetworkInterface.class, group)) {
      cloud.remove(nic);
    }
    for (VirtualNetwork network : cloud.all(VirtualNetwork.class, group)) {
      host.removed(network.id().key());
      cloud.remove(network);
    }
    cloud.removeGroup(group);
  }
}
