package dev.lifeboat.testbed.azure;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lifeboat.testbed.azure.Operations.Operation;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** A virtual machine: what was ordered, and whether it has power. */
final class VirtualMachine extends Resource {
  static final String TYPE = "Microsoft.Compute/virtualMachines";

  /** Deallocated machines cost no cores, stopped ones do. */
  enum Power {
    STARTING("starting"),
    RUNNING("running"),
    STOPPED("stopped"),
    DEALLOCATED("deallocated");

    private final String azure;

    Power(String azure) {
      this.azure = azure;
    }
  }

  /** A disk of the machine; lun -1 is the one it boots from. */
  record DiskUse(
      int lun, ResourceId disk, String name, String caching, boolean deleteWithMachine) {}

  /** An interface of the machine, the primary one first. */
  record CardUse(ResourceId nic, boolean deleteWithMachine) {}

  /** What cannot be changed while the testbed has it. */
  record Form(
      VmSize size, String osType, List<DiskUse> disks, List<CardUse> cards, boolean diagnostics) {
    Form {
      disks = List.copyOf(disks);
      cards = List.copyOf(cards);
    }
  }

  private final UUID uuid = UUID.randomUUID();
  private final Instant created;
  private final Form form;
  private Power power = Power.STARTING;
  private Optional<MachineHost.Machine> machine = Optional.empty();

  VirtualMachine(ResourceId id, String location, Form form, Instant created) {
    super(id, location);
    this.form = form;
    this.created = created;
  }

  UUID uuid() {
    return uuid;
  }

  VmSize size() {
    return form.size();
  }

  Form form() {
    return form;
  }

  int coresInUse() {
    return power == Power.DEALLOCATED ? 0 : form.size().cores();
  }

  /** A machine that ended on its own is stopped. */
  Power power() {
    boolean ended = machine.filter(MachineHost.Machine::running).isEmpty();
    return power == Power.RUNNING && ended ? Power.STOPPED : power;
  }

  void power(Power next, Optional<MachineHost.Machine> hardware) {
    power = next;
    machine = hardware;
  }

  Optional<MachineHost.Machine> machine() {
    return machine;
  }

  ObjectNode instanceView() {
    ObjectNode view = Json.object();
    view.put("hyperVGeneration", "V1");
    ArrayNode statuses = view.putArray("statuses");
    String state = provisioning().toLowerCase(Locale.ROOT);
    ObjectNode provisioned = statuses.addObject();
    provisioned
        .put("code", "ProvisioningState/" + state)
        .put("level", state.equals("failed") ? "Error" : "Info")
        .put("displayStatus", "Provisioning " + state)
        .put("time", created.toString());
    if (state.equals("failed")) {
      current()
          .flatMap(Operation::failure)
          .ifPresent(why ->
              provisioned
                  .put("code", "ProvisioningState/failed/" + why.code())
                  .put("message", Operations.text(why)));
    }
    Power now = power();
    statuses
        .addObject()
        .put("code", "PowerState/" + now.azure)
        .put("level", "Info")
        .put("displayStatus", "VM " + now.azure);
    return view;
  }

  /** As {@link #json}, with the power state. */
  ObjectNode jsonWithInstanceView() {
    ObjectNode json = json();
    ((ObjectNode) json.get("properties")).set("instanceView", instanceView());
    return json;
  }

  @Override
  void describe(ObjectNode top, ObjectNode properties) {
    properties.put("vmId", uuid.toString()).put("timeCreated", created.toString());
    properties.putObject("hardwareProfile").put("vmSize", form.size().name());
    ObjectNode storage = properties.putObject("storageProfile");
    ArrayNode data = Json.array();
    for (DiskUse use : form.disks()) {
      if (use.lun() < 0) {
        describe(storage.putObject("osDisk").put("osType", form.osType()), use);
      } else {
        describe(data.addObject().put("lun", use.lun()), use);
      }
    }
    storage.set("dataDisks", data);
    ArrayNode cards = properties.putObject("networkProfile").putArray("networkInterfaces");
    for (CardUse use : form.cards()) {
      ObjectNode card = cards.addObject().put("id", use.nic().toString());
      card.putObject("properties")
          .put("primary", use.equals(form.cards().getFirst()))
          .put("deleteOption", use.deleteWithMachine() ? "Delete" : "Detach");
    }
    properties
        .putObject("diagnosticsProfile")
        .putObject("bootDiagnostics")
        .put("enabled", form.diagnostics());
  }

  private static void describe(ObjectNode to, DiskUse use) {
    to.put("name", use.name()).put("createOption", "Attach").put("caching", use.caching());
    to.put("deleteOption", use.deleteWithMachine() ? "Delete" : "Detach");
    to.putObject("managedDisk").put("id", use.disk().toString());
  }
}
