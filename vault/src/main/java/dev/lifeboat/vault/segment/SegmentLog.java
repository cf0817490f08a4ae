package dev.lifeboat.vault.segment;

import dev.lifeboat.vault.blob.BlobException;
import dev.lifeboat.vault.blob.BlobStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * One machine's segments and tombstones in the log container. Creating is the only way to change
 * it, and only one creator of a name wins. Thread-safe.
 */
public final class SegmentLog {

  /** What became of a blob that was put. */
  public sealed interface Put {
    /** It is in the vault. */
    record Stored() implements Put {}

    /** Another blob has its name: a tombstone, or another writer's segment. Stop writing. */
    record Fenced(SegmentHeader found) implements Put {}
  }

  /** A blob of the log as it was listed. A tombstone has {@link SegmentHeader#BYTES} bytes. */
  public record Entry(SegmentId id, long size, Instant created) {
    public boolean isTombstone() {
      return size == SegmentHeader.BYTES;
    }
  }

  private final BlobStore store;
  private final UUID machine;

  public SegmentLog(BlobStore store, UUID machine) {
    this.store = store;
    this.machine = machine;
  }

  public BlobStore store() {
    return store;
  }

  public UUID machine() {
    return machine;
  }

  /** Puts a segment. Safe to repeat with the same one: then it is Stored again. */
  public Put put(SealedSegment segment) throws IOException {
    return create(segment.header(), segment.content());
  }

  /** Puts a tombstone: whoever would write the segment of this name has lost the machine. */
  public Put putTombstone(SegmentId id) throws IOException {
    SegmentHeader header = SegmentHeader.tombstone(id);
    return create(header, List.of(ByteBuffer.wrap(header.encode())));
  }

  private Put create(SegmentHeader header, List<ByteBuffer> content) throws IOException {
    try {
      if (store.create(header.id().blobName(), content) == BlobStore.Creation.CREATED) {
        return new Put.Stored();
      }
    } catch (BlobException e) {
      // The answer may be what was lost: what stands there decides, if it can be read.
      Optional<Put> found = e.reason().worthRetrying() ? quietly(header) : Optional.empty();
      if (found.isPresent()) {
        return found.get();
      }
      throw e;
    }
    return settled(header)
        .orElseThrow(() ->
            new DamagedBlobException(
                header.id().blobName(), "it was there and is gone: somebody deletes blobs"));
  }

  private Optional<Put> quietly(SegmentHeader header) {
    try {
      return settled(header);
    } catch (IOException ignored) {
      return Optional.empty();
    }
  }

  private Optional<Put> settled(SegmentHeader header) throws IOException {
    return header(header.id())
        .map(found ->
            found.uploadId().equals(header.uploadId()) ? new Put.Stored() : new Put.Fenced(found));
  }

  /** Reads the header of a blob, if there is one. */
  public Optional<SegmentHeader> header(SegmentId id) throws IOException {
    Optional<byte[]> bytes = store.readRange(id.blobName(), 0, SegmentHeader.BYTES);
    return bytes.isPresent()
        ? Optional.of(SegmentHeader.decode(bytes.get(), id))
        : Optional.empty();
  }

  /** Every blob of the log, by epoch and number. */
  public List<Entry> list() throws IOException {
    return list(SegmentId.prefix(machine));
  }

  /** Every blob of one epoch, by number. */
  public List<Entry> list(long epoch) throws IOException {
    return list(SegmentId.prefix(machine) + epoch + "/segment/");
  }

  private List<Entry> list(String prefix) throws IOException {
    List<Entry> entries = new ArrayList<>();
    store.list(
        prefix,
        blob ->
            SegmentId.ofBlobName(blob.name())
                .ifPresent(id -> entries.add(new Entry(id, blob.size(), blob.created()))));
    entries.sort(
        Comparator.comparingLong((Entry e) -> e.id().epoch())
            .thenComparingLong(e -> e.id().number()));
    return entries;
  }
}
