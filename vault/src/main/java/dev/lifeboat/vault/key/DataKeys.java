package dev.lifeboat.vault.key;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lifeboat.vault.blob.BlobStore;
import dev.lifeboat.vault.blob.VersionedBlob;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The wrapped data keys in the log container. Thread-safe. */
public final class DataKeys {

  private static final int VERSION = 1;
  private static final String WRAP = "A256KW";
  private static final int LIMIT = 16 << 10;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final BlobStore log;

  public DataKeys(BlobStore log) {
    this.log = log;
  }

  /**
   * Makes a machine's data key, wrapped; empty when it has one already, which is then left as it
   * is.
   */
  public Optional<DataKey> create(UUID machine, RecoveryKey recoveryKey) throws IOException {
    DataKey key = DataKey.generate();
    ByteBuffer blob = ByteBuffer.wrap(encode(key.wrappedBy(recoveryKey), recoveryKey.id()));
    if (log.create(name(machine), List.of(blob)) == BlobStore.Creation.CREATED) {
      return Optional.of(key);
    }
    // The answer to the try that made it may have been lost.
    Optional<VersionedBlob> found = log.read(name(machine), LIMIT);
    boolean ours = found.isPresent() && ByteBuffer.wrap(found.get().content()).equals(blob);
    return ours ? Optional.of(key) : Optional.empty();
  }

  /** Reads and unwraps a machine's data key. */
  public DataKey load(UUID machine, RecoveryKey recoveryKey) throws IOException {
    VersionedBlob blob =
        log.read(name(machine), LIMIT)
            .orElseThrow(() ->
                new KeyException(
                    "there is no data key of machine "
                        + machine
                        + " in "
                        + log.location()
                        + "; check the machine's uid, or make one with `lifeboat-vault init`"));
    try {
      return decode(blob.content(), recoveryKey);
    } catch (KeyException e) {
      throw new KeyException(name(machine) + ": " + e.getMessage(), e);
    }
  }

  static byte[] encode(byte[] wrapped, String keyId) throws IOException {
    return JSON.writeValueAsBytes(
        JSON.createObjectNode()
            .put("version", VERSION)
            .put("wrap", WRAP)
            .put("keyId", keyId)
            .put("wrapped", Base64.getEncoder().encodeToString(wrapped)));
  }

  static DataKey decode(byte[] json, RecoveryKey recoveryKey) throws KeyException {
    JsonNode node;
    byte[] wrapped;
    try {
      node = JSON.readTree(json);
      wrapped = Base64.getDecoder().decode(node.path("wrapped").asText());
    } catch (IOException | IllegalArgumentException e) {
      throw new KeyException("the blob is no wrapped data key", e);
    }
    if (node.path("version").asInt() != VERSION || !WRAP.equals(node.path("wrap").asText())) {
      throw new KeyException("the data key is wrapped in a way that this version does not know");
    }
    String keyId = node.path("keyId").asText();
    if (!recoveryKey.id().equals(keyId)) {
      throw new KeyException(
          "wrong recovery key: the data key is wrapped by recovery key "
              + (keyId.matches("[0-9a-f]{16}") ? keyId : "(unnamed)")
              + ", the one given is "
              + recoveryKey.id());
    }
    return DataKey.unwrap(wrapped, recoveryKey);
  }

  private static String name(UUID machine) {
    return "machine/" + machine + "/key/1";
  }
}
