package dev.lifeboat.vault.blob;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One container of a blob service, as far as the vault uses it. There is no delete: nothing that
 * holds this port can lose a blob. Every call throws {@link BlobException} when the service could
 * not be asked or refused the caller. Implementations are safe for use by several threads.
 */
public interface BlobStore {

  /** What a create found. */
  enum Creation {
    /** The blob is there now, and this call made it. */
    CREATED,
    /**
     * A blob of that name is there already. It may be this caller's own, made by a try whose answer
     * was lost: read it to know.
     */
    EXISTS
  }

  /** Where this container is, for messages: never with a credential in it. */
  String location();

  /**
   * Makes a blob that does not exist yet, whole or not at all. The buffers' positions are not
   * moved.
   */
  Creation create(String name, List<ByteBuffer> content) throws IOException;

  /**
   * Reads {@code length} bytes from {@code offset}: fewer where the blob ends before, empty where
   * there is no such blob.
   */
  Optional<byte[]> readRange(String name, long offset, int length) throws IOException;

  /** Reads a small blob with its version. A blob over {@code limit} bytes is an error. */
  Optional<VersionedBlob> read(String name, int limit) throws IOException;

  /** Names every blob below the prefix, in the order of their names. */
  void list(String prefix, Consumer<BlobEntry> each) throws IOException;

  /**
   * Replaces a blob if it still is the version named. Empty when it is not: it may be that an
   * earlier try of this call replaced it and its answer was lost, so read it to know.
   */
  Optional<String> replace(String name, byte[] content, String etag) throws IOException;
}
