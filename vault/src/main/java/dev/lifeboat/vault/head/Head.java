package dev.lifeboat.vault.head;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.UUID;

/**
 * The truth about one machine, as it stands in its head blob.
 *
 * @param epoch 0 before the first owner
 * @param owner a random id of the process server's cache volume; zero before the first
 * @param lineage that the owner writes, as far as it told; zero before
 * @param active where the machine runs, such as {@code Source}
 * @param commit state of a failover, such as {@code None}
 */
public record Head(long epoch, UUID owner, UUID lineage, String active, String commit) {

  private static final int VERSION = 1;
  private static final UUID ZERO = new UUID(0, 0);
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  public Head {
    if (epoch < 0) {
      throw new IllegalArgumentException("an epoch is never negative");
    }
  }

  /** The head of a machine that nobody owns yet. */
  public static Head fresh() {
    return new Head(0, ZERO, ZERO, "Source", "None");
  }

  /** The next epoch, owned by {@code next}. */
  public Head takenBy(UUID next) {
    return new Head(epoch + 1, next, lineage, active, commit);
  }

  /** The same, with the lineage that its owner writes now. */
  Head writing(UUID now) {
    return new Head(epoch, owner, now, active, commit);
  }

  byte[] encode() {
    try {
      return JSON.writeValueAsBytes(
          JSON.createObjectNode()
              .put("version", VERSION)
              .put("epoch", epoch)
              .put("owner", owner.toString())
              .put("lineage", lineage.toString())
              .put("active", active)
              .put("commit", commit));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("plain fields always become JSON", e);
    }
  }

  static Head decode(byte[] bytes) throws IOException {
    try {
      JsonNode node = JSON.readTree(bytes);
      if (node.path("version").asInt() != VERSION) {
        throw new IOException("the head has a version that is not known here");
      }
      if (!node.path("epoch").canConvertToLong()) {
        throw new IOException("the head is damaged: no epoch");
      }
      return new Head(
          node.path("epoch").longValue(),
          uuid(node, "owner"),
          uuid(node, "lineage"),
          text(node, "active"),
          text(node, "commit"));
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new IOException("the head is damaged: " + e.getClass().getSimpleName(), e);
    }
  }

  private static UUID uuid(JsonNode node, String field) throws IOException {
    return UUID.fromString(text(node, field));
  }

  private static String text(JsonNode node, String field) throws IOException {
    JsonNode value = node.path(field);
    if (!value.isTextual() || value.textValue().length() > 64) {
      throw new IOException("the head is damaged: no " + field);
    }
    return value.textValue();
  }
}
