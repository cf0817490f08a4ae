package dev.lifeboat.replicator.processserver.cache;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;

/**
 * Reads the durable frames of a machine in order, while more are appended: from memory where they
 * were kept, else from the disk. Not thread-safe; whoever asked for it closes it.
 */
public final class CacheReader implements Closeable {
  private final MachineCache cache;
  private Optional<CacheFileReader> open = Optional.empty();
  private Optional<CachePlace> rest = Optional.empty();
  private long number;

  CacheReader(MachineCache cache) {
    this.cache = cache;
  }

  /** Goes on at a place in a file that is there. */
  void seek(CachePlace place) {
    number = place.file();
    rest = Optional.of(place);
  }

  /**
   * The next durable frame; empty if there is none yet. A reader that has caught up holds no file
   * open, for a file that is released must give its space back. Whatever this throws, the same
   * frame is the next one still.
   *
   * @throws CacheFormatException if the disk does not give back what was written
   * @throws IOException if it gives nothing just now
   */
  public Optional<CachedFrame> next() throws IOException {
    Optional<CachedFrame> kept =
        cache.kept(number, open.map(CacheFileReader::place).or(() -> rest));
    if (kept.isPresent()) {
      close();
      seek(kept.get().place());
      return kept;
    }
    while (open.isPresent() || advance()) {
      Optional<CachedFrame> frame = open.get().next(cache.durableLength(number));
      if (frame.isPresent()) {
        return frame;
      }
      close();
    }
    return Optional.empty();
  }

  private boolean advance() throws IOException {
    // First ask for a successor, then for the length: a file with a successor grows no more.
    Optional<Long> next = cache.fileAfter(number);
    if (rest.isPresent() && cache.durableLength(number) > rest.get().offset()) {
      open = Optional.of(cache.openFile(number));
      open.get().seek(rest.get());
      return true;
    }
    if (next.isEmpty() || cache.durableLength(next.get()) == 0) {
      return false;
    }
    open = Optional.of(cache.openFile(next.get()));
    rest = Optional.empty();
    number = next.get();
    return true;
  }

  /** Closes the file; reading would go on where it stood. */
  @Override
  public void close() throws IOException {
    if (open.isPresent()) {
      CacheFileReader closing = open.get();
      open = Optional.empty();
      rest = Optional.of(closing.place());
      closing.close();
    }
  }
}
