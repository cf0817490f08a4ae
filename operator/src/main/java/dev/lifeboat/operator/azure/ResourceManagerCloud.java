package dev.lifeboat.operator.azure;

import com.azure.core.http.HttpClient;
import com.azure.core.management.Resource;
import com.azure.core.util.Context;
import com.azure.resourcemanager.compute.fluent.models.DiskInner;
import com.azure.resourcemanager.compute.fluent.models.VirtualMachineInner;
import com.azure.resourcemanager.compute.models.InstanceViewTypes;
import com.azure.resourcemanager.network.fluent.models.NetworkInterfaceInner;
import com.azure.resourcemanager.resources.fluent.models.ResourceGroupInner;
import dev.lifeboat.operator.cloud.Cloud;
import dev.lifeboat.operator.cloud.CloudException;
import dev.lifeboat.operator.cloud.CloudException.Reason;
import dev.lifeboat.operator.cloud.CloudView;
import dev.lifeboat.operator.cloud.CloudView.Owner;
import dev.lifeboat.operator.cloud.Readiness;
import dev.lifeboat.operator.cloud.Replica;
import java.net.URI;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Azure through its Resource Manager. Operations are begun and not waited for: what they come to is
 * read from the resources, whose names follow from the replica, so nothing is lost by a crash.
 */
final class ResourceManagerCloud implements Cloud {

  private final AzureClients azure;
  private final AzureCalls calls;
  private final AzureDisks disks;
  private final AzureReadiness readiness;

  ResourceManagerCloud(AzureClients azure, HttpClient http, Clock clock) {
    this.azure = azure;
    calls = new AzureCalls(clock);
    disks = new AzureDisks(azure.compute().getDisks(), http, calls);
    readiness = new AzureReadiness(azure, calls);
  }

  // ---- look ----

  @Override
  public CloudView look(Replica replica, Set<Integer> wanted) throws CloudException {
    Map<Integer, CloudView.Disk> found = new HashMap<>();
    for (int disk : new TreeSet<>(wanted)) {
      Optional<DiskInner> there = disk(replica, disk);
      there.ifPresent(
          d -> found.put(disk, new CloudView.Disk(AzureStates.of(d), owner(replica, d))));
    }
    CloudView.Nic nic =
        nic(replica)
            .map(n -> new CloudView.Nic(AzureStates.of(n), owner(replica, n), AzureStates.ip(n)))
            .orElse(CloudView.Nic.NONE);
    CloudView.Vm vm =
        vm(replica)
            .map(
                v -> new CloudView.Vm(AzureStates.of(v), owner(replica, v), AzureStates.trouble(v)))
            .orElse(CloudView.Vm.NONE);
    return new CloudView(found, nic, vm);
  }

  private Optional<DiskInner> disk(Replica replica, int disk) throws CloudException {
    return disks.find(group(replica), replica.diskName(disk));
  }

  private Optional<NetworkInterfaceInner> nic(Replica replica) throws CloudException {
    return calls.find(
        "look at interface " + replica.nicName(),
        () ->
            azure
                .network()
                .getNetworkInterfaces()
                .getByResourceGroup(group(replica), replica.nicName()));
  }

  private Optional<VirtualMachineInner> vm(Replica replica) throws CloudException {
    return calls.find(
        "look at VM " + replica.vmName(),
        () ->
            azure
                .compute()
                .getVirtualMachines()
                .getByResourceGroupWithResponse(
                    group(replica), replica.vmName(), InstanceViewTypes.INSTANCE_VIEW, Context.NONE)
                .getValue());
  }

  private static String group(Replica replica) {
    return replica.place().resourceGroup();
  }

  private static Owner owner(Replica replica, Resource resource) {
    Map<String, String> tags = resource.tags() == null ? Map.of() : resource.tags();
    boolean same =
        replica.machine().toString().equals(tags.get(Replica.MACHINE_TAG))
            && replica.purpose().name().equals(tags.get(Replica.PURPOSE_TAG));
    if (!same) {
      return Owner.Foreign;
    }
    return replica.run().equals(tags.get(Replica.RUN_TAG)) ? Owner.Run : Owner.Machine;
  }

  @Override
  public Readiness check(Replica replica, int count, Optional<String> testSubnet) {
    return readiness.check(replica, count, testSubnet);
  }

  // ---- make ----

  @Override
  public void createDisk(Replica replica, int disk, long bytes) throws CloudException {
    ensureGroup(replica);
    disks.create(
        group(replica), replica.diskName(disk), AzureShapes.disk(replica, disk == 1, bytes));
  }

  private void ensureGroup(Replica replica) throws CloudException {
    boolean there =
        calls
            .find(
                "look at resource group " + group(replica),
                () -> azure.resources().getResourceGroups().get(group(replica)))
            .isPresent();
    if (!there) {
      calls.make(
          "make resource group " + group(replica),
          () ->
              azure
                  .resources()
                  .getResourceGroups()
                  .createOrUpdate(
                      group(replica),
                      new ResourceGroupInner().withLocation(replica.place().region())));
    }
  }

  @Override
  public URI openUpload(Replica replica, int disk) throws CloudException {
    return disks.open(group(replica), replica.diskName(disk));
  }

  @Override
  public void closeUpload(Replica replica, int disk) throws CloudException {
    disks.close(group(replica), replica.diskName(disk));
  }

  @Override
  public void createNic(Replica replica) throws CloudException {
    try {
      createNic(replica, replica.network().privateIp());
    } catch (CloudException e) {
      if (e.reason() != Reason.AddressTaken || !replica.network().nextFree()) {
        throw e;
      }
      createNic(replica, Optional.empty());
    }
  }

  private void createNic(Replica replica, Optional<String> ip) throws CloudException {
    calls.begin(
        "make interface " + replica.nicName(),
        () ->
            azure
                .network()
                .getNetworkInterfaces()
                .beginCreateOrUpdate(
                    group(replica), replica.nicName(), AzureShapes.nic(replica, ip)));
  }

  @Override
  public void createVm(Replica replica, List<Integer> chosen) throws CloudException {
    Map<Integer, String> ids = new HashMap<>();
    for (int disk : chosen) {
      ids.put(disk, required(disk(replica, disk), replica.diskName(disk)).id());
    }
    String nic = required(nic(replica), replica.nicName()).id();
    calls.begin(
        "make VM " + replica.vmName(),
        () ->
            azure
                .compute()
                .getVirtualMachines()
                .beginCreateOrUpdate(
                    group(replica), replica.vmName(), AzureShapes.vm(replica, chosen, ids, nic)));
  }

  private static <T> T required(Optional<T> resource, String name) throws CloudException {
    return resource.orElseThrow(() ->
        new CloudException(Reason.NotFound, name + " is not there any more; make another run"));
  }

  @Override
  public void startVm(Replica replica) throws CloudException {
    calls.begin(
        "start VM " + replica.vmName(),
        () -> azure.compute().getVirtualMachines().beginStart(group(replica), replica.vmName()));
  }

  // ---- remove: only what carries our tags ----

  @Override
  public void deleteVm(Replica replica) throws CloudException {
    if (vm(replica).filter(v -> owner(replica, v) != Owner.Foreign).isPresent()) {
      calls.begin(
          "remove VM " + replica.vmName(),
          () -> azure.compute().getVirtualMachines().beginDelete(group(replica), replica.vmName()));
    }
  }

  @Override
  public void deleteNic(Replica replica) throws CloudException {
    if (nic(replica).filter(n -> owner(replica, n) != Owner.Foreign).isPresent()) {
      calls.begin(
          "remove interface " + replica.nicName(),
          () ->
              azure
                  .network()
                  .getNetworkInterfaces()
                  .beginDelete(group(replica), replica.nicName()));
    }
  }

  @Override
  public void deleteDisk(Replica replica, int disk) throws CloudException {
    Optional<DiskInner> there = disk(replica, disk);
    if (there.isEmpty() || owner(replica, there.get()) == Owner.Foreign) {
      return;
    }
    disks.remove(group(replica), there.get());
  }
}
