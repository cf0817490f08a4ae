package dev.lifeboat.testbed.azure;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.Locale;
import java.util.Map;

/**
 * A call as it came in.
 *
 * @param base where the caller reaches the Resource Manager
 * @param query by names in small letters
 * @param variables what the route's pattern found in the path
 */
record Call(
    String method,
    URI base,
    String path,
    Map<String, String> query,
    JsonNode body,
    Map<String, String> variables) {

  String variable(String name) {
    String value = variables.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the route has no {" + name + "}");
    }
    return value;
  }

  String query(String name) {
    return query.getOrDefault(name.toLowerCase(Locale.ROOT), "");
  }

  Call with(Map<String, String> found) {
    return new Call(method, base, path, query, body, found);
  }

  Call withBody(JsonNode document) {
    return new Call(method, base, path, query, document, variables);
  }

  /** The resource that the path names. */
  ResourceId resource(String type) {
    return new ResourceId(variable("subscription"), variable("group"), type, variable("name"));
  }
}
