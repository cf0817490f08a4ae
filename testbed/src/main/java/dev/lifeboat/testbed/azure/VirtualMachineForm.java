package dev.lifeboat.testbed.azure;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lifeboat.testbed.azure.VirtualMachine.CardUse;
import dev.lifeboat.testbed.azure.VirtualMachine.DiskUse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads the order for a machine from its document, and refuses what Azure refuses without a look at
 * anything else.
 */
final class VirtualMachineForm {
  private static final String STORAGE = "properties.storageProfile.";

  private final JsonNode body;

  private VirtualMachineForm(JsonNode body) {
    this.body = body;
  }

  static VirtualMachine.Form read(JsonNode body) {
    return new VirtualMachineForm(body).read();
  }

  private VirtualMachine.Form read() {
    String sizeName = Json.required(body, "properties.hardwareProfile.vmSize", "vmSize");
    VmSize size =
        VmSize.named(sizeName)
            .orElseThrow(() ->
                ArmException.invalidParameter(
                    "The value %s provided for the VM size is not valid. The valid sizes in the current region are: %s"
                        .formatted(
                            sizeName,
                            String.join(",", VmSize.ALL.stream().map(VmSize::name).toList()))));
    for (String other :
        List.of("availabilitySet", "virtualMachineScaleSet", "securityProfile", "userData")) {
      if (!Json.at(body, "properties." + other).isMissingNode()) {
        throw ArmException.notImplemented("VirtualMachines_CreateOrUpdate with " + other);
      }
    }
    List<DiskUse> disks = disks(size);
    String osType = Json.required(body, STORAGE + "osDisk.osType", "osDisk.osType");
    if (!osType.equals("Linux") && !osType.equals("Windows")) {
      throw ArmException.invalidParameter(
          "The value '" + osType + "' of parameter 'osDisk.osType' is not valid.");
    }
    if (!Json.at(body, "properties.osProfile").isMissingNode()) {
      throw ArmException.invalidParameter("Parameter 'osProfile' is not allowed.");
    }
    boolean diagnostics =
        Json.at(body, "properties.diagnosticsProfile.bootDiagnostics.enabled").asBoolean();
    return new VirtualMachine.Form(size, osType, disks, cards(size), diagnostics);
  }

  private List<DiskUse> disks(VmSize size) {
    if (!Json.at(body, STORAGE + "imageReference").isMissingNode()) {
      throw ArmException.notImplemented("VirtualMachines_CreateOrUpdate with imageReference");
    }
    List<DiskUse> disks = new ArrayList<>();
    disks.add(disk(Json.at(body, STORAGE + "osDisk"), "osDisk", -1));
    Set<Integer> luns = new HashSet<>();
    for (JsonNode item : Json.items(body, STORAGE + "dataDisks")) {
      JsonNode lun = item.path("lun");
      if (!lun.isIntegralNumber()) {
        throw Json.missing("dataDisk.lun");
      }
      if (!luns.add(lun.asInt())) {
        throw ArmException.invalidParameter(
            "Cannot attach two data disks with the same LUN '%d'.".formatted(lun.asInt()));
      }
      disks.add(disk(item, "dataDisk", lun.asInt()));
    }
    if (luns.size() > size.dataDisks()) {
      throw new ArmException(
          409,
          "OperationNotAllowed",
          "The maximum number of data disks allowed to be attached to a VM of this size is %d."
              .formatted(size.dataDisks()));
    }
    return disks;
  }

  private DiskUse disk(JsonNode item, String shown, int lun) {
    String option = Json.required(item, "createOption", shown + ".createOption");
    if (!option.equalsIgnoreCase("Attach")) {
      throw ArmException.notImplemented(
          "VirtualMachines_CreateOrUpdate with %s.createOption %s".formatted(shown, option));
    }
    String reference = Json.required(item, "managedDisk.id", shown + ".managedDisk.id");
    ResourceId id = ResourceId.reference(reference, Disk.TYPE, STORAGE + shown + ".managedDisk.id");
    String name = Json.at(item, "name").asText(id.name());
    if (!name.equalsIgnoreCase(id.name())) {
      throw ArmException.invalidParameter(
          "The value '%s' of parameter '%s.name' must be the name of the managed disk, '%s'."
              .formatted(name, shown, id.name()));
    }
    return new DiskUse(
        lun,
        id,
        id.name(),
        Json.at(item, "caching").asText("None"),
        Json.text(item, "deleteOption").equalsIgnoreCase("Delete"));
  }

  private List<CardUse> cards(VmSize size) {
    List<JsonNode> items = Json.items(body, "properties.networkProfile.networkInterfaces");
    if (items.isEmpty()) {
      throw Json.missing("networkProfile.networkInterfaces");
    }
    if (items.size() > size.nics()) {
      throw ArmException.invalidParameter(
          "The number of network interfaces for virtual machine size %s exceeds the maximum allowed, %d."
              .formatted(size.name(), size.nics()));
    }
    List<CardUse> cards = new ArrayList<>();
    int primaries = 0;
    for (JsonNode item : items) {
      String reference = Json.required(item, "id", "networkInterface.id");
      ResourceId nic =
          ResourceId.reference(
              reference, NetworkInterface.TYPE, "properties.networkProfile.networkInterfaces.id");
      CardUse use =
          new CardUse(nic, Json.text(item, "properties.deleteOption").equalsIgnoreCase("Delete"));
      if (Json.at(item, "properties.primary").asBoolean()) {
        cards.addFirst(use);
        primaries++;
      } else {
        cards.add(use);
      }
    }
    if (items.size() > 1 && primaries != 1) {
      throw new ArmException(
          400,
          "VirtualMachineMustHaveOneNetworkInterfaceAsPrimary",
          "Virtual machine must have one network interface set as the primary.");
    }
    return cards;
  }
}
