package dev.lifeboat.testbed.azure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Everything that exists in the one subscription of a site. In memory. Its own lock guards it and
 * all its resources; who reads or changes more than one thing holds it meanwhile.
 */
final class Cloud {

  /** A resource group. */
  record Group(String name, String location, JsonNode tags) {}

  private final String subscription;
  private final Set<String> locations;
  private final Map<String, Group> groups = new LinkedHashMap<>();
  private final Map<String, Resource> resources = new LinkedHashMap<>();

  Cloud(String subscription, Set<String> locations) {
    this.subscription = subscription;
    this.locations = Set.copyOf(locations);
  }

  String subscription() {
    return subscription;
  }

  void requireSubscription(String named) {
    if (!named.equalsIgnoreCase(subscription)) {
      throw new ArmException(
          404, "SubscriptionNotFound", "The subscription '" + named + "' could not be found.");
    }
  }

  /** The location that a document gives, as Azure writes it: no blanks, small letters. */
  String location(JsonNode body, String type) {
    String given = Json.text(body, "location");
    if (given.isEmpty()) {
      throw new ArmException(
          400, "LocationRequired", "The location property is required for this definition.");
    }
    String location = location(given);
    if (!locations.contains(location)) {
      boolean group = type.isEmpty();
      throw new ArmException(
          400,
          group ? "LocationNotAvailableForResourceGroup" : "LocationNotAvailableForResourceType",
          ("The provided location '%s' is not available for resource %s. List of available regions"
                  + " is '%s'.")
              .formatted(given, group ? "group" : "type '" + type + "'", locationList()));
    }
    return location;
  }

  static String location(String given) {
    return given.replace(" ", "").toLowerCase(Locale.ROOT);
  }

  boolean has(String location) {
    return locations.contains(location(location));
  }

  private String locationList() {
    return String.join(",", locations.stream().sorted().toList());
  }

  synchronized Optional<Group> group(String name) {
    return Optional.ofNullable(groups.get(name.toLowerCase(Locale.ROOT)));
  }

  synchronized Group requireGroup(String name) {
    return group(name)
        .orElseThrow(() ->
            new ArmException(
                404, "ResourceGroupNotFound", "Resource group '" + name + "' could not be found."));
  }

  synchronized List<Group> groups() {
    return List.copyOf(groups.values());
  }

  synchronized void put(Group group) {
    groups.put(group.name().toLowerCase(Locale.ROOT), group);
  }

  synchronized void removeGroup(String name) {
    groups.remove(name.toLowerCase(Locale.ROOT));
  }

  synchronized <T extends Resource> Optional<T> find(ResourceId id, Class<T> kind) {
    return Optional.ofNullable(resources.get(id.key())).map(kind::cast);
  }

  synchronized <T extends Resource> T require(ResourceId id, Class<T> kind) {
    requireGroup(id.group());
    return find(id, kind)
        .orElseThrow(() ->
            new ArmException(
                404,
                "ResourceNotFound",
                ("The Resource '%s/%s' under resource group '%s' was not found. For more details"
                        + " please go to https://aka.ms/ARMResourceNotFoundFix")
                    .formatted(id.type(), id.name(), id.group())));
  }

  /** A resource that a document names: it must exist, in the same region. */
  synchronized <T extends Resource> T referenced(
      ResourceId id, Class<T> kind, ResourceId from, String location) {
    return find(id, kind)
        .filter(found -> found.location().equals(location))
        .orElseThrow(() ->
            new ArmException(
                400,
                "InvalidResourceReference",
                ("Resource %s referenced by resource %s was not found. Please make sure that the"
                        + " referenced resource exists, and that both resources are in the same"
                        + " region.")
                    .formatted(id, from)));
  }

  synchronized void put(Resource resource) {
    resources.put(resource.id().key(), resource);
  }

  synchronized void remove(Resource resource) {
    resources.remove(resource.id().key(), resource);
  }

  synchronized <T extends Resource> List<T> all(Class<T> kind) {
    return stream(kind).toList();
  }

  synchronized <T extends Resource> List<T> all(Class<T> kind, String group) {
    requireGroup(group);
    return stream(kind).filter(r -> r.id().group().equalsIgnoreCase(group)).toList();
  }

  private <T extends Resource> Stream<T> stream(Class<T> kind) {
    return resources.values().stream().filter(kind::isInstance).map(kind::cast);
  }

  /** The documents of a group's resources of one kind. */
  synchronized <T extends Resource> ObjectNode list(Class<T> kind, String group) {
    return Json.list(all(kind, group).stream().map(Resource::json).toList());
  }
}
