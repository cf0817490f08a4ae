package dev.lifeboat.operator.azure;

import com.azure.resourcemanager.authorization.fluent.models.PermissionInner;
import com.azure.resourcemanager.compute.fluent.models.VirtualMachineSizeInner;
import com.azure.resourcemanager.network.fluent.models.IpAddressAvailabilityResultInner;
import com.azure.resourcemanager.network.fluent.models.NetworkInterfaceInner;
import com.azure.resourcemanager.network.fluent.models.SubnetInner;
import com.azure.resourcemanager.network.fluent.models.VirtualNetworkInner;
import com.azure.resourcemanager.resources.models.SubscriptionState;
import dev.lifeboat.operator.cloud.CloudException;
import dev.lifeboat.operator.cloud.CloudException.Reason;
import dev.lifeboat.operator.cloud.Readiness;
import dev.lifeboat.operator.cloud.Readiness.Check;
import dev.lifeboat.operator.cloud.Replica;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks, without making anything, whether a replica could come up now. Thread-safe. */
final class AzureReadiness {

  private static final Pattern SUBNET =
      Pattern.compile(
          "/subscriptions/[^/]+/resourceGroups/([^/]+)/providers/Microsoft\\.Network/virtualNetworks/([^/]+)/subnets/([^/]+)",
          Pattern.CASE_INSENSITIVE);

  private static final Set<SubscriptionState> USABLE =
      Set.of(SubscriptionState.ENABLED, SubscriptionState.WARNED);

  private final AzureClients azure;
  private final AzureCalls calls;

  AzureReadiness(AzureClients azure, AzureCalls calls) {
    this.azure = azure;
    this.calls = calls;
  }

  /** A look that may be refused, as all of Azure's may. */
  @FunctionalInterface
  private interface Look {
    Check look() throws CloudException;
  }

  Readiness check(Replica replica, int disks) {
    String size = AzureShapes.size(replica, disks);
    List<Check> checks = new ArrayList<>();
    checks.add(made("subscription", this::subscription));
    if (checks.getFirst().outcome() == Readiness.Outcome.Good) {
      checks.add(made("rights", () -> rights(replica)));
      checks.add(made("network", () -> network(replica)));
      replica
          .network()
          .privateIp()
          .ifPresent(ip -> checks.add(made("address", () -> address(replica, ip))));
      checks.add(made("VM size", () -> size(replica, size, disks)));
      checks.add(made("quota", () -> quota(replica, size, disks)));
    }
    return new Readiness(checks);
  }

  private static Check made(String subject, Look look) {
    try {
      return look.look();
    } catch (CloudException e) {
      boolean later =
          Set.of(Reason.Throttled, Reason.Unreachable, Reason.Busy).contains(e.reason());
      return later
          ? Check.unknown(subject, e.reason().name(), e.getMessage())
          : Check.bad(subject, e.reason().name(), e.getMessage());
    }
  }

  private Check subscription() throws CloudException {
    SubscriptionState state =
        calls.make(
            "look at the subscription",
            () -> azure.subscriptions().get(azure.subscription()).state());
    return USABLE.contains(state)
        ? Check.good("subscription")
        : Check.bad(
            "subscription",
            "SubscriptionDisabled",
            "the subscription is " + state + ": nothing can be made in it before it is enabled");
  }

  private Check rights(Replica replica) throws CloudException {
    Optional<List<PermissionInner>> held =
        calls.find(
            "look at the rights in " + replica.place().resourceGroup(),
            () ->
                azure.permissions().listByResourceGroup(replica.place().resourceGroup()).stream()
                    .toList());
    if (held.isEmpty()) {
      return Check.unknown(
          "rights",
          "GroupMissing",
          "resource group "
              + replica.place().resourceGroup()
              + " does not exist yet: make it, so that the rights in it can be looked at");
    }
    List<String> missing = AzureRights.missing(held.get());
    return missing.isEmpty()
        ? Check.good("rights")
        : Check.bad(
            "rights",
            "RightsMissing",
            "the identity lacks "
                + String.join(", ", missing)
                + " in resource group "
                + replica.place().resourceGroup()
                + ": grant them");
  }

  private Check network(Replica replica) throws CloudException {
    Matcher id = SUBNET.matcher(replica.network().subnetId());
    if (!id.matches()) {
      return Check.bad("network", "NetworkMissing", "subnetId is no subnet's resource id");
    }
    Optional<VirtualNetworkInner> network =
        calls.find(
            "look at network " + id.group(2),
            () ->
                azure.network().getVirtualNetworks().getByResourceGroup(id.group(1), id.group(2)));
    boolean there =
        network.stream()
            .filter(found -> found.subnets() != null)
            .flatMap(found -> found.subnets().stream())
            .map(SubnetInner::name)
            .anyMatch(id.group(3)::equalsIgnoreCase);
    if (!there) {
      return Check.bad(
          "network",
          "NetworkMissing",
          "there is no subnet "
              + id.group(3)
              + " of network "
              + id.group(2)
              + ": correct subnetId");
    }
    return network.get().location().equalsIgnoreCase(replica.place().region())
        ? Check.good("network")
        : Check.bad(
            "network",
            "NetworkElsewhere",
            "network " + id.group(2) + " is in another region than target.region");
  }

  private Check address(Replica replica, String ip) throws CloudException {
    Matcher id = SUBNET.matcher(replica.network().subnetId());
    if (!id.matches()) {
      return Check.unknown("address", "NetworkMissing", "subnetId is no subnet's resource id");
    }
    IpAddressAvailabilityResultInner answer =
        calls.make(
            "look at address " + ip,
            () ->
                azure
                    .network()
                    .getVirtualNetworks()
                    .checkIpAddressAvailability(id.group(1), id.group(2), ip));
    if (Boolean.TRUE.equals(answer.available())
        || replica.network().nextFree()
        || isOurs(replica, ip)) {
      return Check.good("address");
    }
    return Check.bad(
        "address",
        "AddressTaken",
        "address " + ip + " is in use: free it, change it, or set onIpConflict: NextFree");
  }

  private boolean isOurs(Replica replica, String ip) throws CloudException {
    Optional<NetworkInterfaceInner> nic =
        calls.find(
            "look at interface " + replica.nicName(),
            () ->
                azure
                    .network()
                    .getNetworkInterfaces()
                    .getByResourceGroup(replica.place().resourceGroup(), replica.nicName()));
    return nic.filter(n -> AzureStates.ip(n).equals(ip)).isPresent();
  }

  private Optional<VirtualMachineSizeInner> offered(Replica replica, String size)
      throws CloudException {
    return calls.make(
        "look at the VM sizes of " + replica.place().region(),
        () ->
            azure.compute().getVirtualMachineSizes().list(replica.place().region()).stream()
                .filter(one -> size.equalsIgnoreCase(one.name()))
                .findFirst());
  }

  private Check size(Replica replica, String size, int disks) throws CloudException {
    Optional<VirtualMachineSizeInner> offered = offered(replica, size);
    if (offered.isEmpty()) {
      return Check.bad(
          "VM size",
          "SizeNotOffered",
          replica.place().region() + " does not offer " + size + ": set another vmSize");
    }
    return offered.get().maxDataDiskCount() >= disks - 1
        ? Check.good("VM size")
        : Check.bad(
            "VM size",
            "TooManyDisks",
            size + " does not take the machine's disks: set a larger vmSize");
  }

  private Check quota(Replica replica, String size, int disks) throws CloudException {
    String region = replica.place().region();
    int cores = offered(replica, size).map(VirtualMachineSizeInner::numberOfCores).orElse(0);
    Map<String, Long> needed = new HashMap<>();
    needed.put("cores", (long) cores);
    needed.put("virtualmachines", 1L);
    needed.put(AzureShapes.diskQuota(replica), (long) disks);
    VmSizes.family(size).ifPresent(family -> needed.put(family, (long) cores));
    List<String> lacking = new ArrayList<>();
    calls
        .make(
            "look at the quotas of " + region,
            () -> azure.compute().getUsages().list(region).stream().toList())
        .forEach(u -> lack(lacking, needed, u.name().value(), u.limit() - u.currentValue()));
    needed.clear();
    needed.put("networkinterfaces", 1L);
    calls
        .make(
            "look at the network quotas of " + region,
            () -> azure.network().getUsages().list(region).stream().toList())
        .forEach(u -> lack(lacking, needed, u.name().value(), u.limit() - u.currentValue()));
    return lacking.isEmpty()
        ? Check.good("quota")
        : Check.bad(
            "quota",
            "QuotaTooSmall",
            "too little is left of quota "
                + String.join(", ", lacking)
                + " in "
                + region
                + ": have it raised, or set a smaller vmSize");
  }

  private static void lack(List<String> found, Map<String, Long> needed, String name, long left) {
    Long wanted = needed.get(name.toLowerCase(Locale.ROOT));
    if (wanted != null && left < wanted) {
      found.add(name);
    }
  }
}
