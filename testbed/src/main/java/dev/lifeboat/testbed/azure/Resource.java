package dev.lifeboat.testbed.azure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lifeboat.testbed.azure.Operations.Operation;
import java.util.Optional;

/** A resource of the {@link Cloud}, whose lock guards it. */
abstract class Resource {
  private final ResourceId id;
  private final String location;
  private JsonNode tags = Json.object();
  private String provisioning = "Succeeded";
  private Optional<Operation> current = Optional.empty();

  Resource(ResourceId id, String location) {
    this.id = id;
    this.location = location;
  }

  final ResourceId id() {
    return id;
  }

  final String location() {
    return location;
  }

  final String provisioning() {
    return provisioning;
  }

  final void provisioning(String state) {
    provisioning = state;
  }

  final void tags(JsonNode all) {
    tags = all.isObject() ? all : Json.object();
  }

  /** The operation that works, or worked, on it. */
  final Optional<Operation> current() {
    return current;
  }

  final void current(Operation operation) {
    current = Optional.of(operation);
  }

  final boolean busy() {
    return current.isPresent() && !current.get().done();
  }

  /** The document as Azure gives it. */
  final ObjectNode json() {
    ObjectNode top = Json.object();
    top.put("id", id.toString()).put("name", id.name()).put("type", id.type());
    top.put("location", location).set("tags", tags);
    ObjectNode properties = top.putObject("properties");
    properties.put("provisioningState", provisioning);
    describe(top, properties);
    return top;
  }

  /** Adds what is particular to its kind. */
  abstract void describe(ObjectNode top, ObjectNode properties);
}
