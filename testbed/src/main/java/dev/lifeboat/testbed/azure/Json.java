package dev.lifeboat.testbed.azure;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The documents of the Resource Manager. */
final class Json {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Json() {}

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  static ArrayNode array() {
    return JsonNodeFactory.instance.arrayNode();
  }

  /** An answer that lists. */
  static ObjectNode list(List<? extends JsonNode> items) {
    ArrayNode value = array();
    items.forEach(value::add);
    ObjectNode list = object();
    list.set("value", value);
    return list;
  }

  static byte[] bytes(JsonNode node) {
    try {
      return MAPPER.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of nodes is always JSON", e);
    }
  }

  /** The document that a call carries; missing if it carries none. */
  static JsonNode read(byte[] bytes) {
    if (bytes.length == 0) {
      return MissingNode.getInstance();
    }
    try {
      JsonNode node = MAPPER.readTree(bytes);
      if (!node.isObject()) {
        throw new ArmException(
            400, "InvalidRequestContent", "The request content must be a JSON object.");
      }
      return node;
    } catch (IOException e) {
      throw new ArmException(
          400,
          "InvalidRequestContent",
          "The request content was invalid and could not be deserialized.");
    }
  }

  /** Follows a path such as {@code properties.creationData.createOption}. */
  static JsonNode at(JsonNode from, String path) {
    JsonNode at = from;
    for (String name : path.split("\\.", -1)) {
      at = at.path(name);
    }
    return at.isNull() ? MissingNode.getInstance() : at;
  }

  static String text(JsonNode from, String path) {
    return at(from, path).asText("");
  }

  /** A text that must be there; {@code shown} is how Azure names it when it is not. */
  static String required(JsonNode from, String path, String shown) {
    String text = text(from, path);
    if (text.isEmpty()) {
      throw missing(shown);
    }
    return text;
  }

  static ArmException missing(String shown) {
    return ArmException.invalidParameter("Required parameter '" + shown + "' is missing (null).");
  }

  static List<JsonNode> items(JsonNode from, String path) {
    List<JsonNode> items = new ArrayList<>();
    at(from, path).forEach(items::add);
    return items;
  }
}
