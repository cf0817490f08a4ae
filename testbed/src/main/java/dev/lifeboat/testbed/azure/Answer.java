package dev.lifeboat.testbed.azure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lifeboat.testbed.azure.Operations.Operation;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a call is answered.
 *
 * @param body missing if there is none
 * @param pending what goes on after it
 */
record Answer(int status, Map<String, String> headers, JsonNode body, Optional<Pending> pending) {

  /** An operation that the call started, and what it is answered if that ends soon. */
  record Pending(Operation operation, Supplier<Answer> ended) {}

  Answer {
    headers = Map.copyOf(headers);
  }

  static Answer of(int status, JsonNode body) {
    return new Answer(status, Map.of(), body, Optional.empty());
  }

  static Answer ok(JsonNode body) {
    return of(200, body);
  }

  static Answer empty(int status) {
    return of(status, MissingNode.getInstance());
  }

  static Answer error(int status, String code, String message) {
    return of(status, errorBody(code, message));
  }

  static ObjectNode errorBody(String code, String message) {
    ObjectNode body = Json.object();
    body.putObject("error").put("code", code).put("message", message);
    return body;
  }

  Answer pending(Operation operation, Supplier<Answer> ended) {
    return new Answer(status, headers, body, Optional.of(new Pending(operation, ended)));
  }

  Answer header(String name, String value) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.put(name, value);
    return new Answer(status, all, body, pending);
  }
}
