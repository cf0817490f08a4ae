package dev.lifeboat.operator.azure;

import com.azure.resourcemanager.compute.fluent.models.DiskInner;
import com.azure.resourcemanager.compute.fluent.models.VirtualMachineInner;
import com.azure.resourcemanager.compute.models.DiskState;
import com.azure.resourcemanager.compute.models.InstanceViewStatus;
import com.azure.resourcemanager.network.fluent.models.NetworkInterfaceInner;
import dev.lifeboat.operator.cloud.CloudView.State;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** How Azure's resources stand, in the operator's words. */
final class AzureStates {

  private AzureStates() {}

  static State of(DiskInner disk) {
    State state = provisioned(disk.provisioningState());
    if (state != State.Ready) {
      return state;
    }
    DiskState now = disk.diskState();
    boolean uploading =
        DiskState.READY_TO_UPLOAD.equals(now) || DiskState.ACTIVE_UPLOAD.equals(now);
    return uploading ? State.Uploading : State.Ready;
  }

  static State of(NetworkInterfaceInner nic) {
    return provisioned(String.valueOf(nic.provisioningState()));
  }

  /** The first address; empty if it has none yet. */
  static String ip(NetworkInterfaceInner nic) {
    return nic.ipConfigurations() == null || nic.ipConfigurations().isEmpty()
        ? ""
        : Optional.ofNullable(nic.ipConfigurations().getFirst().privateIpAddress()).orElse("");
  }

  static State of(VirtualMachineInner vm) {
    State state = provisioned(vm.provisioningState());
    if (state != State.Ready) {
      return state;
    }
    String power =
        statuses(vm).stream()
            .map(status -> String.valueOf(status.code()))
            .filter(code -> code.startsWith("PowerState/"))
            .findFirst()
            .orElse("PowerState/unknown");
    return switch (power) {
      case "PowerState/running" -> State.Ready;
      case "PowerState/stopped", "PowerState/deallocated" -> State.Stopped;
      default -> State.Creating;
    };
  }

  /** What Azure says of a VM that failed. */
  static String trouble(VirtualMachineInner vm) {
    return of(vm) == State.Failed
        ? statuses(vm).stream()
            .filter(status -> String.valueOf(status.code()).startsWith("ProvisioningState/failed"))
            .map(status -> status.code() + ": " + status.message())
            .collect(Collectors.joining("; "))
        : "";
  }

  private static List<InstanceViewStatus> statuses(VirtualMachineInner vm) {
    return vm.instanceView() == null || vm.instanceView().statuses() == null
        ? List.of()
        : vm.instanceView().statuses();
  }

  private static State provisioned(String state) {
    return switch (String.valueOf(state)) {
      case "Succeeded" -> State.Ready;
      case "Failed", "Canceled" -> State.Failed;
      case "Deleting" -> State.Deleting;
      default -> State.Creating;
    };
  }
}
