package dev.lifeboat.operator.azure;

import com.azure.resourcemanager.network.fluent.models.IpAddressAvailabilityResultInner;
import com.azure.resourcemanager.network.fluent.models.NetworkInterfaceInner;
import com.azure.resourcemanager.network.fluent.models.SubnetInner;
import com.azure.resourcemanager.network.fluent.models.VirtualNetworkInner;
import dev.lifeboat.operator.cloud.CloudException;
import dev.lifeboat.operator.cloud.Readiness.Check;
import dev.lifeboat.operator.cloud.Replica;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks, without making anything, whether a replica could be reached. Thread-safe. */
final class NetworkReadiness {

  private static final Pattern SUBNET =
      Pattern.compile(
          "/subscriptions/[^/]+/resourceGroups/([^/]+)/providers/Microsoft\\.Network/virtualNetworks/([^/]+)/subnets/([^/]+)",
          Pattern.CASE_INSENSITIVE);

  private final AzureClients azure;
  private final AzureCalls calls;

  NetworkReadiness(AzureClients azure, AzureCalls calls) {
    this.azure = azure;
    this.calls = calls;
  }

  /** Whether the subnet is there, and where machines of the region can be in it. */
  Check subnet(String subject, String subnetId, String region) throws CloudException {
    Matcher id = SUBNET.matcher(subnetId);
    if (!id.matches()) {
      return Check.bad(subject, "NetworkMissing", subnetId + " is no subnet's resource id");
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
          subject,
          "NetworkMissing",
          "there is no subnet "
              + id.group(3)
              + " of network "
              + id.group(2)
              + ": correct its id in target");
    }
    return network.get().location().equalsIgnoreCase(region)
        ? Check.good(subject)
        : Check.bad(
            subject,
            "NetworkElsewhere",
            "network " + id.group(2) + " is in another region than target.region");
  }

  /** Networks mostly stand in a resource group of their own, with rights of its own. */
  Check rights(String subject, String subnetId) throws CloudException {
    Matcher id = SUBNET.matcher(subnetId);
    return id.matches()
        ? AzureRights.check(azure, calls, subject, id.group(1), AzureRights.NETWORK)
        : Check.unknown(subject, "NetworkMissing", subnetId + " is no subnet's resource id");
  }

  /** Whether the address is free, or will not be missed. */
  Check address(Replica replica, String ip) throws CloudException {
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
}
