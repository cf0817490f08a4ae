package dev.lifeboat.operator.azure;

import com.azure.resourcemanager.compute.fluent.models.VirtualMachineSizeInner;
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

/** Looks, without making anything, whether a replica could come up now. Thread-safe. */
final class AzureReadiness {

  private static final Set<SubscriptionState> USABLE =
      Set.of(SubscriptionState.ENABLED, SubscriptionState.WARNED);

  private final AzureClients azure;
  private final AzureCalls calls;
  private final NetworkReadiness network;

  AzureReadiness(AzureClients azure, AzureCalls calls) {
    this.azure = azure;
    this.calls = calls;
    this.network = new NetworkReadiness(azure, calls);
  }

  /** A look that may be refused, as all of Azure's may. */
  @FunctionalInterface
  private interface Look {
    Check look() throws CloudException;
  }

  Readiness check(Replica replica, int disks, Optional<String> testSubnet) {
    String region = replica.place().region();
    String subnet = replica.network().subnetId();
    String size = AzureShapes.size(replica, disks);
    List<Check> checks = new ArrayList<>();
    checks.add(made("subscription", this::subscription));
    if (checks.getFirst().outcome() == Readiness.Outcome.Good) {
      checks.add(made("rights", () -> rights(replica)));
      checks.add(made("network", () -> network.subnet("network", subnet, region)));
      checks.add(made("network rights", () -> network.rights("network rights", subnet)));
      testSubnet.ifPresent(test -> {
        checks.add(made("test network", () -> network.subnet("test network", test, region)));
        checks.add(made("test network rights", () -> network.rights("test network rights", test)));
      });
      replica
          .network()
          .privateIp()
          .ifPresent(ip -> checks.add(made("address", () -> network.address(replica, ip))));
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
    String group = replica.place().resourceGroup();
    return AzureRights.check(azure, calls, "rights", group, AzureRights.REPLICAS);
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
    if (offered.get().maxDataDiskCount() < disks - 1) {
      return Check.bad(
          "VM size",
          "TooManyDisks",
          size + " does not take the machine's disks: set a larger vmSize");
    }
    Replica.Sizing wanted = replica.sizing();
    if (wanted.vmSize().isEmpty() && wanted.cores() == 0) {
      return Check.unknown(
          "VM size",
          "SizeUnknown",
          "no agent has told cores and memory here: set vmSize, or the VM comes up as " + size);
    }
    boolean smaller =
        offered.get().numberOfCores() < wanted.cores()
            || offered.get().memoryInMB() < wanted.memoryMiB();
    return smaller && wanted.vmSize().isEmpty()
        ? Check.bad(
            "VM size",
            "SizeTooSmall",
            "%s, the largest that is chosen by itself, is smaller than the machine (%d cores, %d MiB): set vmSize"
                .formatted(size, wanted.cores(), wanted.memoryMiB()))
        : Check.good("VM size");
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
