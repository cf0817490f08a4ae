package dev.lifeboat.replicator.processserver.cache;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;

/**
 * Reads the durable frames of a machine in order, while more are appended. Not thread-safe; whoever
 * asked for it closes it.
 */
public final class CacheReader implements Closeable {
  private final MachineCache cache;
  private Optional<CacheFileReader> open = Optional.empty();
  private long number;

  CacheReader(MachineCache cache) {
    this.cache = cache;
  }

  /** Goes on at a place in a file that is there. */
  void seek(CachePlace place) throws IOException {
    number = place.file();
    open = Optional.of(cache.openFile(number));
    open.get().seek(place);
  }

  /**
   * The next durable frame; empty if there is none yet.
   *
   * @throws CacheFormatException if the disk does not give back what was written
   */
  public Optional<CachedFrame> next() throws IOException {
    while (true) {
      if (open.isEmpty() && !advance()) {
        return Optional.empty();
      }
      // First ask for a successor, then for the length: a file with a successor grows no more.
      Optional<Long> successor = cache.fileAfter(number);
      Optional<CachedFrame> frame = open.get().next(cache.durableLength(number));
      if (frame.isPresent() || successor.isEmpty()) {
        return frame;
      }
      close();
    }
  }

  private boolean advance() throws IOException {
    Optional<Long> next = cache.fileAfter(number);
    if (next.isEmpty() || cache.durableLength(next.get()) == 0) {
      return false;
    }
    number = next.get();
    open = Optional.of(cache.openFile(number));
    return true;
  }

  @Override
  public void close() throws IOException {
    if (open.isPresent()) {
      open.get().close();
      open = Optional.empty();
    }
  }
}
