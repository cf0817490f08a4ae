package dev.lifeboat.testbed.azure;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lifeboat.testbed.azure.Operations.Work;
import dev.lifeboat.testbed.azure.VirtualMachine.CardUse;
import dev.lifeboat.testbed.azure.VirtualMachine.DiskUse;
import dev.lifeboat.testbed.azure.VirtualMachine.Power;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/** Virtual machines: ordered, started, stopped, looked at, deleted. */
final class VirtualMachines {
  private static final String PATH =
      "/subscriptions/{subscription}/resourceGroups/{group}/providers/"
          + "Microsoft.Compute/virtualMachines";
  private static final int LONGEST_NAME = 64;
  private static final Duration CONSOLE_READABLE = Duration.ofHours(2);

  private final Cloud cloud;
  private final Provisioner provisioner;
  private final Usages usages;
  private final Machines machines;
  private final DiskBlobs blobs;
  private final Clock clock;

  VirtualMachines(
      Cloud cloud,
      Provisioner provisioner,
      Usages usages,
      Machines machines,
      DiskBlobs blobs,
      Clock clock) {
    this.cloud = cloud;
    this.provisioner = provisioner;
    this.usages = usages;
    this.machines = machines;
    this.blobs = blobs;
    this.clock = clock;
  }

  void addTo(Routes routes) {
    String one = PATH + "/{name}";
    routes
        .on("PUT", one, "VirtualMachines_CreateOrUpdate", this::put)
        .on("GET", one, "VirtualMachines_Get", this::get)
        .on("DELETE", one, "VirtualMachines_Delete", this::delete)
        .on(
            "GET",
            PATH,
            "VirtualMachines_List",
            c -> Answer.ok(cloud.list(VirtualMachine.class, c.variable("group"))))
        .on(
            "GET",
            one + "/instanceView",
            "VirtualMachines_InstanceView",
            c -> {
              synchronized (cloud) {
                return Answer.ok(require(c).instanceView());
              }
            })
        .on("POST", one + "/start", "VirtualMachines_Start", this::start)
        .on(
            "POST",
            one + "/powerOff",
            "VirtualMachines_PowerOff",
            c -> stop(c, "VirtualMachines_PowerOff", Power.STOPPED))
        .on(
            "POST",
            one + "/deallocate",
            "VirtualMachines_Deallocate",
            c -> stop(c, "VirtualMachines_Deallocate", Power.DEALLOCATED))
        .on(
            "POST",
            one + "/retrieveBootDiagnosticsData",
            "VirtualMachines_RetrieveBootDiagnosticsData",
            this::console);
  }

  private VirtualMachine require(Call call) {
    return cloud.require(call.resource(VirtualMachine.TYPE), VirtualMachine.class);
  }

  private Answer get(Call call) {
    synchronized (cloud) {
      VirtualMachine machine = require(call);
      boolean expand = call.query("$expand").equalsIgnoreCase("instanceView");
      return Answer.ok(expand ? machine.jsonWithInstanceView() : machine.json());
    }
  }

  private Answer put(Call call) {
    ResourceId id = call.resource(VirtualMachine.TYPE);
    synchronized (cloud) {
      cloud.requireGroup(id.group());
      Provisioner.checkName(id, "vmName", LONGEST_NAME);
      String location = cloud.location(call.body(), VirtualMachine.TYPE);
      VirtualMachine.Form form = VirtualMachineForm.read(call.body());
      Optional<VirtualMachine> found = cloud.find(id, VirtualMachine.class);
      found.ifPresent(Provisioner::requireStaying);
      if (found.isPresent() && !found.get().provisioning().equals("Failed")) {
        return again(found.get(), form, location, call);
      }
      for (DiskUse use : form.disks()) {
        Disk disk = cloud.require(use.disk(), Disk.class);
        if (!disk.location().equals(location)) {
          throw ArmException.invalidParameter(
              "Disk %s is in region %s, the VM in %s."
                  .formatted(use.disk(), disk.location(), location));
        }
        Disks.requireAttachable(disk, id);
      }
      for (CardUse use : form.cards()) {
        NetworkInterface nic = cloud.referenced(use.nic(), NetworkInterface.class, id, location);
        if (nic.machine().filter(owner -> !owner.sameAs(id)).isPresent()) {
          throw new ArmException(
              400,
              "NicInUse",
              "Network Interface %s is used by existing resource %s."
                  .formatted(use.nic(), nic.machine().get()));
        }
      }
      usages.requireRoomFor(form.size(), location, found.isEmpty());
      VirtualMachine machine = new VirtualMachine(id, location, form, clock.instant());
      machine.tags(call.body().path("tags"));
      found.flatMap(Resource::current).ifPresent(machine::current);
      cloud.put(machine);
      machines.take(machine);
      provisioner.begin(
          "VirtualMachines_CreateOrUpdate", machine, "Creating", () -> machines.boot(machine));
      return provisioner.accepted(201, machine, call);
    }
  }

  /** The same order once more changes nothing but tags. */
  private Answer again(
      VirtualMachine machine, VirtualMachine.Form form, String location, Call call) {
    if (!machine.location().equals(location)) {
      throw ResourceGroups.otherLocation(machine.id(), machine.location(), location);
    }
    if (!machine.form().equals(form)) {
      throw ArmException.notImplemented("VirtualMachines_CreateOrUpdate that changes a machine");
    }
    machine.tags(call.body().path("tags"));
    return provisioner.accepted(200, machine, call);
  }

  private Answer delete(Call call) {
    ResourceId id = call.resource(VirtualMachine.TYPE);
    synchronized (cloud) {
      cloud.requireGroup(id.group());
      Optional<VirtualMachine> found = cloud.find(id, VirtualMachine.class);
      if (found.isEmpty()) {
        return Answer.empty(204);
      }
      VirtualMachine machine = found.get();
      return provisioner.accepted(
          machine,
          call,
          provisioner.begin(
              "VirtualMachines_Delete",
              machine,
              "Deleting",
              () -> {
                machines.remove(machine);
                return Operations.nothing();
              }));
    }
  }

  private Answer start(Call call) {
    synchronized (cloud) {
      VirtualMachine machine = require(call);
      if (machine.busy()) {
        throw ArmException.concurrent();
      }
      if (machine.power() == Power.DEALLOCATED) {
        usages.requireRoomFor(machine.size(), machine.location(), false);
      }
      return begin(call, machine, "VirtualMachines_Start", () -> machines.boot(machine));
    }
  }

  private Answer stop(Call call, String name, Power then) {
    synchronized (cloud) {
      VirtualMachine machine = require(call);
      if (machine.busy()) {
        throw ArmException.concurrent();
      }
      if (then == Power.STOPPED && machine.power() == Power.DEALLOCATED) {
        throw ArmException.notAllowed(
            "VM '%s' cannot be powered off: it is deallocated.".formatted(machine.id().name()));
      }
      return begin(
          call,
          machine,
          name,
          () -> {
            machines.stop(machine, then);
            return Operations.nothing();
          });
    }
  }

  private Answer begin(Call call, VirtualMachine machine, String name, Work work) {
    return provisioner.accepted(machine, call, provisioner.begin(name, machine, "Updating", work));
  }

  private Answer console(Call call) {
    VirtualMachine machine = require(call);
    if (!machine.form().diagnostics()) {
      throw new ArmException(
          409,
          "OperationNotAllowed",
          "Boot diagnostics is not enabled for VM '" + machine.id().name() + "'.");
    }
    try {
      byte[] text = machines.console(machine).getBytes(StandardCharsets.ISO_8859_1);
      ObjectNode body = Json.object();
      body.put(
          "serialConsoleLogBlobUri",
          DiskGate.url(call.base())
              + blobs.publishConsole(machine.uuid().toString(), text, CONSOLE_READABLE));
      return Answer.ok(body);
    } catch (IOException e) {
      throw new ArmException(500, "InternalExecutionError", "The console: " + e.getMessage());
    }
  }
}
