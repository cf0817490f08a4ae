package dev.lifeboat.vault.blob;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A container in memory, with switches that tests spoil it by: blobs can be removed and altered,
 * which the port cannot do, and {@link Faults} may break calls before or after they took effect.
 * Thread-safe.
 */
public final class MemoryBlobStore implements BlobStore {

  /** Breaks calls: throws, or does nothing. */
  public interface Faults {
    /** Before the call takes effect: throwing is a request that never arrived. */
    default void before(String call, String name) throws IOException {}

    /** After the call took effect: throwing is an answer that was lost. */
    default void after(String call, String name) throws IOException {}
  }

  private static final class Stored {
    private final byte[] content;
    private final String etag;
    private final Instant created;

    Stored(byte[] content, String etag, Instant created) {
      this.content = content;
      this.etag = etag;
      this.created = created;
    }
  }

  private final ConcurrentSkipListMap<String, Stored> blobs = new ConcurrentSkipListMap<>();
  private final AtomicLong versions = new AtomicLong();
  private volatile Faults faults = new Faults() {};

  public void faults(Faults next) {
    faults = next;
  }

  @Override
  public String location() {
    return "memory";
  }

  @Override
  public Creation create(String name, List<ByteBuffer> content) throws IOException {
    faults.before("create", name);
    boolean created = blobs.putIfAbsent(name, stored(join(content))) == null;
    faults.after("create", name);
    return created ? Creation.CREATED : Creation.EXISTS;
  }

  @Override
  public Optional<byte[]> readRange(String name, long offset, int length) throws IOException {
    faults.before("read", name);
    Stored blob = blobs.get(name);
    if (blob == null) {
      return Optional.empty();
    }
    int from = (int) Math.min(offset, blob.content.length);
    int to = (int) Math.min(offset + length, blob.content.length);
    return Optional.of(Arrays.copyOfRange(blob.content, from, to));
  }

  @Override
  public Optional<VersionedBlob> read(String name, int limit) throws IOException {
    faults.before("read", name);
    return Optional.ofNullable(blobs.get(name))
        .map(b -> new VersionedBlob(b.content.clone(), b.etag));
  }

  @Override
  public void list(String prefix, Consumer<BlobEntry> each) throws IOException {
    faults.before("list", prefix);
    blobs.tailMap(prefix).entrySet().stream()
        .takeWhile(e -> e.getKey().startsWith(prefix))
        .forEach(e ->
            each.accept(
                new BlobEntry(e.getKey(), e.getValue().content.length, e.getValue().created)));
  }

  @Override
  public Optional<String> replace(String name, byte[] content, String etag) throws IOException {
    faults.before("replace", name);
    Stored old = blobs.get(name);
    Stored next = stored(content.clone());
    boolean replaced = old != null && old.etag.equals(etag) && blobs.replace(name, old, next);
    faults.after("replace", name);
    return replaced ? Optional.of(next.etag) : Optional.empty();
  }

  /** Removes a blob, as no user of the port can. */
  public void remove(String name) {
    blobs.remove(name);
  }

  /** Puts other bytes in a blob's place, as no user of the port can. */
  public void alter(String name, UnaryOperator<byte[]> change) {
    blobs.computeIfPresent(
        name, (_, b) -> new Stored(change.apply(b.content.clone()), b.etag, b.created));
  }

  public List<String> names() {
    return List.copyOf(blobs.keySet());
  }

  public byte[] content(String name) {
    return blobs.get(name).content.clone();
  }

  private Stored stored(byte[] content) {
    return new Stored(content, "\"" + versions.incrementAndGet() + "\"", Instant.EPOCH);
  }

  private static byte[] join(List<ByteBuffer> content) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (ByteBuffer b : content) {
      byte[] piece = new byte[b.remaining()];
      b.duplicate().get(piece);
      all.writeBytes(piece);
    }
    return all.toByteArray();
  }
}
