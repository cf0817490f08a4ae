package dev.lifeboat.vault.blob;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Tries again what may succeed later, a bounded number of times; the only place that retries. An
 * answer that was lost shows up as {@link BlobStore.Creation#EXISTS} or as an empty replace: the
 * caller settles it by reading.
 */
public final class RetryingBlobStore implements BlobStore {

  private final BlobStore store;
  private final Retry retry;
  private final Retry.Pause pause;

  public RetryingBlobStore(BlobStore store, Retry retry) {
    this(store, retry, Thread::sleep);
  }

  public RetryingBlobStore(BlobStore store, Retry retry, Retry.Pause pause) {
    this.store = store;
    this.retry = retry;
    this.pause = pause;
  }

  @Override
  public String location() {
    return store.location();
  }

  @Override
  public Creation create(String name, List<ByteBuffer> content) throws IOException {
    return retrying(name, () -> store.create(name, content));
  }

  @Override
  public Optional<byte[]> readRange(String name, long offset, int length) throws IOException {
    return retrying(name, () -> store.readRange(name, offset, length));
  }

  @Override
  public Optional<VersionedBlob> read(String name, int limit) throws IOException {
    return retrying(name, () -> store.read(name, limit));
  }

  /** A listing that breaks off is taken up again behind the last name that was handed on. */
  @Override
  public void list(String prefix, Consumer<BlobEntry> each) throws IOException {
    String[] last = {""};
    retrying(
        prefix,
        () -> {
          store.list(
              prefix,
              entry -> {
                if (entry.name().compareTo(last[0]) > 0) {
                  last[0] = entry.name();
                  each.accept(entry);
                }
              });
          return true;
        });
  }

  @Override
  public Optional<String> replace(String name, byte[] content, String etag) throws IOException {
    return retrying(name, () -> store.replace(name, content, etag));
  }

  private <T> T retrying(String what, Retry.Call<T> call) throws IOException {
    return retry.call(pause, what, call);
  }
}
