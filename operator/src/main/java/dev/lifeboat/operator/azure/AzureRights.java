package dev.lifeboat.operator.azure;

import com.azure.resourcemanager.authorization.fluent.models.PermissionInner;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** The actions that a failover takes in the resource group of replicas. Pure. */
final class AzureRights {

  private static final List<String> NEEDED =
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

  private AzureRights() {}

  /** Those that no assignment gives. */
  static List<String> missing(List<PermissionInner> held) {
    return NEEDED.stream()
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
