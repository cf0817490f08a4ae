package dev.lifeboat.bench.blob;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/** The blobs of one account by {@code container/name}. Thread-safe. */
final class Blobs {

  /** A blob as it stands; the bytes are not copied. */
  static final class Blob {
    private final byte[] content;
    private final long length;
    private final String etag;
    private final Instant created = Instant.now();

    private Blob(byte[] content, long length, String etag) {
      this.content = content;
      this.length = length;
      this.etag = etag;
    }

    /** The array itself. */
    byte[] content() {
      return content;
    }

    long length() {
      return length;
    }

    /** Without the quotes around it in a header: the SDK gives it back without. */
    String etag() {
      return etag;
    }

    Instant created() {
      return created;
    }
  }

  private final ConcurrentSkipListMap<String, Blob> blobs = new ConcurrentSkipListMap<>();
  private final AtomicLong versions = new AtomicLong();
  private final AtomicLong received = new AtomicLong();
  private final Predicate<String> discard;

  Blobs(Predicate<String> discard) {
    this.discard = discard;
  }

  Optional<Blob> get(String path) {
    return Optional.ofNullable(blobs.get(path));
  }

  /** Puts it if there is none; empty where there is one. */
  Optional<Blob> create(String path, byte[] content) {
    Blob made = blob(path, content);
    return blobs.putIfAbsent(path, made) == null ? Optional.of(made) : Optional.empty();
  }

  /** Puts it whatever is there. */
  Blob put(String path, byte[] content) {
    Blob made = blob(path, content);
    blobs.put(path, made);
    return made;
  }

  /** Puts it if the one that is there has this tag. */
  Optional<Blob> replace(String path, byte[] content, String etag) {
    Blob made = blob(path, content);
    Blob now = blobs.computeIfPresent(path, (_, was) -> was.etag().equals(etag) ? made : was);
    return now != null && now.etag().equals(made.etag()) ? Optional.of(made) : Optional.empty();
  }

  /** Those whose path starts so, in order. */
  SortedMap<String, Blob> startingWith(String prefix) {
    return blobs.subMap(prefix, prefix + Character.MAX_VALUE);
  }

  /** Bytes of content that were put, kept or not. */
  long received() {
    return received.get();
  }

  private Blob blob(String path, byte[] content) {
    received.addAndGet(content.length);
    byte[] kept = discard.test(path) ? new byte[0] : content;
    String etag = "0x" + Long.toHexString(versions.incrementAndGet()).toUpperCase(Locale.ROOT);
    return new Blob(kept, content.length, etag);
  }
}
