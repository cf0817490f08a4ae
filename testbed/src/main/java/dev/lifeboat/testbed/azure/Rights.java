package dev.lifeboat.testbed.azure;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the site's one identity may do in all of the subscription: everything, until a test takes
 * actions away. Every call that has a counterpart among Azure's actions is held to it. Thread-safe.
 */
public final class Rights {

  private static final String PATH =
      "/subscriptions/{subscription}/resourceGroups/{group}/providers/"
          + "Microsoft.Authorization/permissions";
  private static final Map<String, String> VERBS =
      Map.of("GET", "read", "HEAD", "read", "PUT", "write", "PATCH", "write", "DELETE", "delete");

  private volatile List<String> taken = List.of();

  /** From now on these actions are not allowed, such as {@code Microsoft.Compute/disks/write}. */
  public void take(String... actions) {
    taken = List.of(actions);
  }

  void addTo(Routes routes, Cloud cloud) {
    routes.on(
        "GET",
        PATH,
        "Permissions_ListForResourceGroup",
        call -> {
          cloud.requireGroup(call.variable("group"));
          ObjectNode permission = Json.object();
          permission.putArray("actions").add("*");
          ArrayNode not = permission.putArray("notActions");
          taken.forEach(not::add);
          return Answer.ok(Json.list(List.of(permission)));
        });
  }

  /** Refuses a call whose action was taken away. */
  void require(Call call) {
    String action = action(call.method(), call.path());
    if (taken.stream().anyMatch(action::equalsIgnoreCase)) {
      throw new ArmException(
          403,
          "AuthorizationFailed",
          "The client does not have authorization to perform action '%s' over scope '%s' or the scope is invalid."
              .formatted(action, call.path()));
    }
  }

  /** The action of a call on a resource: its type, and what is done to it. */
  private static String action(String method, String path) {
    String[] parts = path.replaceFirst("(?i)^.*/providers/", "").split("/", -1);
    if (parts.length < 2 || !path.toLowerCase(Locale.ROOT).contains("/providers/")) {
      return "";
    }
    StringBuilder type = new StringBuilder(parts[0]);
    for (int i = 1; i < parts.length; i += 2) {
      type.append('/').append(parts[i]);
    }
    return type + "/" + (method.equals("POST") ? "action" : VERBS.getOrDefault(method, method));
  }
}
