package dev.lifeboat.vault.head;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lifeboat.vault.blob.BlobStore;
import dev.lifeboat.vault.blob.VersionedBlob;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The deny-list: serials of certificates that are revoked before they end. It lies beside the
 * heads, where every process server of the vault reads it. Thread-safe.
 */
public final class Denied {

  private static final int VERSION = 1;
  private static final int LIMIT = 4 << 20;
  private static final int RIVALS = 16;
  private static final String NAME = "denied";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final BlobStore heads;

  public Denied(BlobStore heads) {
    this.heads = heads;
  }

  /** The serials, in hexadecimal; none where there is no list. */
  public Set<String> read() throws IOException {
    Optional<VersionedBlob> blob = heads.read(NAME, LIMIT);
    return blob.isEmpty() ? Set.of() : decode(blob.get().content());
  }

  /** Adds serials to the list; there is no way to take one out. May be repeated. */
  public void add(Set<String> serials) throws IOException {
    for (int i = 0; i < RIVALS; i++) {
      Optional<VersionedBlob> blob = heads.read(NAME, LIMIT);
      Set<String> all = new TreeSet<>(serials);
      if (blob.isPresent()) {
        Set<String> known = decode(blob.get().content());
        if (known.containsAll(serials)) {
          return;
        }
        all.addAll(known);
      }
      byte[] bytes = encode(all);
      boolean written =
          blob.isEmpty()
              ? heads.create(NAME, List.of(ByteBuffer.wrap(bytes))) == BlobStore.Creation.CREATED
              : heads.replace(NAME, bytes, blob.get().etag()).isPresent();
      if (written) {
        return;
      }
    }
    throw new IOException("the deny-list in " + heads.location() + " changes all the time");
  }

  private static byte[] encode(Set<String> serials) throws IOException {
    ObjectNode node = JSON.createObjectNode().put("version", VERSION);
    ArrayNode list = node.putArray("serials");
    new TreeSet<>(serials).forEach(list::add);
    return JSON.writeValueAsBytes(node);
  }

  private static Set<String> decode(byte[] bytes) throws IOException {
    JsonNode node;
    try {
      node = JSON.readTree(bytes);
    } catch (JsonProcessingException e) {
      throw new IOException("the deny-list is damaged", e);
    }
    if (node.path("version").asInt() != VERSION || !node.path("serials").isArray()) {
      throw new IOException("the deny-list has a version that is not known here");
    }
    Set<String> serials = new TreeSet<>();
    node.path("serials").forEach(serial -> serials.add(serial.asText()));
    return serials;
  }
}
