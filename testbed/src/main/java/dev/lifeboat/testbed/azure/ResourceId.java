package dev.lifeboat.testbed.azure;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Names a resource within the subscription. Azure compares names without regard to case and gives
 * them back as they were written first.
 *
 * @param type such as {@code Microsoft.Compute/disks}
 */
record ResourceId(String subscription, String group, String type, String name) {

  /** By what two names are the same. */
  String key() {
    return toString().toLowerCase(Locale.ROOT);
  }

  /** The last part of the type, such as {@code disks}. */
  String kind() {
    return type.substring(type.lastIndexOf('/') + 1);
  }

  boolean isOf(String otherType) {
    return type.equalsIgnoreCase(otherType);
  }

  boolean sameAs(ResourceId other) {
    return key().equals(other.key());
  }

  static String group(String subscription, String group) {
    return "/subscriptions/" + subscription + "/resourceGroups/" + group;
  }

  /** Reads the id of a resource that stands in a group of its own, not below another. */
  static Optional<ResourceId> parse(String text) {
    List<String> parts = List.of(text.split("/", -1));
    if (parts.size() != 9
        || !parts.get(0).isEmpty()
        || !parts.get(1).equalsIgnoreCase("subscriptions")
        || !parts.get(3).equalsIgnoreCase("resourceGroups")
        || !parts.get(5).equalsIgnoreCase("providers")) {
      return Optional.empty();
    }
    return Optional.of(
        new ResourceId(
            parts.get(2), parts.get(4), parts.get(6) + "/" + parts.get(7), parts.get(8)));
  }

  /** A reference within a document; {@code path} says where it stands. */
  static ResourceId reference(String text, String type, String path) {
    return parse(text)
        .filter(id -> id.isOf(type))
        .orElseThrow(() ->
            new ArmException(
                400,
                "LinkedInvalidPropertyId",
                ("Property id '%s' at path '%s' is invalid. Expect fully qualified resource Id that"
                        + " start with '/subscriptions/{subscriptionId}' or"
                        + " '/providers/{resourceProviderNamespace}/'.")
                    .formatted(text, path)));
  }

  @Override
  public String toString() {
    return group(subscription, group) + "/providers/" + type + "/" + name;
  }
}
