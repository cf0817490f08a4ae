package dev.lifeboat.operator.azure;

import com.azure.resourcemanager.authorization.fluent.models.PermissionInner;
import dev.lifeboat.operator.cloud.CloudException;
import dev.lifeboat.operator.cloud.Readiness.Check;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The actions that a failover takes, and whether the operator's identity may take them. */
final class AzureRights {

  /** In the resource group of replicas. */
  static final List<String> REPLICAS =
      List.of(
          "Microsoft.Compute/disks/read",
          "Microsoft.Compute/disks/write",
          "Microsoft.Compute/disks/delete",
          "Microsoft.Compute/disks/beginGetAccess/action",
          "Microsoft.Compute/disks/endGetAccess/action",
          "Microsoft.Compute/virtualMachines/read",
          "Microsoft.Compute/virtualMachines/write",
          "Microsoft.Compute/virtualMachines/delete",
          "Microsoft.Compute/virtualMachines/start/action",
          "Microsoft.Network/networkInterfaces/read",
          "Microsoft.Network/networkInterfaces/write",
          "Microsoft.Network/networkInterfaces/delete",
          "Microsoft.Network/networkInterfaces/join/action",
          "Microsoft.Resources/subscriptions/resourceGroups/read");

  /** In the resource group of a network. */
  static final List<String> NETWORK =
      List.of(
          "Microsoft.Network/virtualNetworks/read",
          "Microsoft.Network/virtualNetworks/subnets/join/action");

  private AzureRights() {}

  /** Looks whether all of the actions are allowed in a resource group. */
  static Check check(
      AzureClients azure, AzureCalls calls, String subject, String group, List<String> actions)
      throws CloudException {
    Optional<List<PermissionInner>> held =
        calls.find(
            "look at the rights in " + group,
            () -> azure.permissions().listByResourceGroup(group).stream().toList());
    if (held.isEmpty()) {
      return Check.unknown(
          subject,
          "GroupMissing",
          "resource group "
              + group
              + " does not exist yet: make it, so that the rights in it can be looked at");
    }
    List<String> missing = missing(held.get(), actions);
    return missing.isEmpty()
        ? Check.good(subject)
        : Check.bad(
            subject,
            "RightsMissing",
            "the identity lacks "
                + String.join(", ", missing)
                + " in resource group "
                + group
                + ": grant them");
  }

  /** Those that no assignment gives. */
  private static List<String> missing(List<PermissionInner> held, List<String> actions) {
    return actions.stream()
        .filter(action -> held.stream().noneMatch(one -> gives(one, action)))
        .toList();
  }

  private static boolean gives(PermissionInner held, String action) {
    return matches(held.actions(), action) && !matches(held.notActions(), action);
  }

  private static boolean matches(List<String> patterns, String action) {
    return patterns != null && patterns.stream().anyMatch(pattern -> matches(pattern, action));
  }

  /** A star stands for any text, also for slashes. */
  private static boolean matches(String pattern, String action) {
    StringBuilder regex = new StringBuilder();
    for (String literal : pattern.toLowerCase(Locale.ROOT).split("\\*", -1)) {
      regex.append(regex.isEmpty() ? "" : ".*").append(Pattern.quote(literal));
    }
    return action.toLowerCase(Locale.ROOT).matches(regex.toString());
  }
}
