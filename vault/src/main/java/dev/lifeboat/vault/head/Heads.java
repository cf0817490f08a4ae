package dev.lifeboat.vault.head;

import dev.lifeboat.vault.blob.BlobStore;
import dev.lifeboat.vault.blob.VersionedBlob;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The head blobs, changed by compare-and-swap alone. Thread-safe. */
public final class Heads {

  private static final int LIMIT = 16 << 10;

  private final BlobStore store;

  public Heads(BlobStore store) {
    this.store = store;
  }

  /** Makes a machine's head; false when there is one, which is then left as it is. */
  public boolean create(UUID machine, Head head) throws IOException {
    return store.create(name(machine), List.of(ByteBuffer.wrap(head.encode())))
        == BlobStore.Creation.CREATED;
  }

  public Optional<VersionedHead> read(UUID machine) throws IOException {
    Optional<VersionedBlob> blob = store.read(name(machine), LIMIT);
    return blob.isEmpty()
        ? Optional.empty()
        : Optional.of(new VersionedHead(Head.decode(blob.get().content()), blob.get().etag()));
  }

  /** As {@link #read}, for a machine that must have one. */
  public VersionedHead require(UUID machine) throws IOException {
    return read(machine)
        .orElseThrow(() ->
            new IOException(
                "there is no head of machine "
                    + machine
                    + " in "
                    + store.location()
                    + "; check the machine's uid, or make one with `lifeboat-vault init`"));
  }

  /**
   * Replaces the head if it still is the one that was read. Empty when it is not, or when the
   * answer of an earlier try was lost: read it to know.
   */
  public Optional<VersionedHead> replace(UUID machine, VersionedHead was, Head next)
      throws IOException {
    return store
        .replace(name(machine), next.encode(), was.etag())
        .map(etag -> new VersionedHead(next, etag));
  }

  /**
   * Notes which lineage an owner writes, unless it is not the owner any more: then false, and the
   * head stays as it is.
   */
  public boolean tellLineage(UUID machine, long epoch, UUID owner, UUID lineage)
      throws IOException {
    for (VersionedHead found = require(machine);
        found.head().epoch() == epoch && found.head().owner().equals(owner);
        found = require(machine)) {
      if (found.head().lineage().equals(lineage)
          || replace(machine, found, found.head().writing(lineage)).isPresent()) {
        return true;
      }
    }
    return false;
  }

  private static String name(UUID machine) {
    return "machine/" + machine + "/head";
  }
}
