package dev.lifeboat.replicator.processserver.cache;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cache of one machine: files in the order of their numbers, each written once. One thread
 * appends, one reads behind it; both may be told to release what is in the vault. Thread-safe in
 * that sense; closed by its owner when both have ended.
 */
public final class MachineCache implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(MachineCache.class);
  private static final long ROLL_BYTES = 64L << 20;
  private static final long RENEW_BYTES = 4L << 20;

  private final CacheVolume volume;
  private final UUID machine;
  private final int epoch;
  private final Path directory;
  private final KeptFrames kept;

  /** File number to its durable length; the last one may be the one being written. */
  private final TreeMap<Long, Long> files = new TreeMap<>();

  private Optional<CacheFileWriter> writer = Optional.empty();
  private boolean renew;

  /** What is before it is in the vault. */
  private Optional<CachePlace> released = Optional.empty();

  private long nextNumber;

  private MachineCache(CacheVolume volume, UUID machine, int epoch, long nextNumber) {
    this.volume = volume;
    this.machine = machine;
    this.epoch = epoch;
    this.nextNumber = nextNumber;
    directory = volume.machineDirectory(machine);
    kept = new KeptFrames(volume.kept());
  }

  /** A cache with nothing in it; what an ownership that has ended left behind is deleted. */
  public static MachineCache empty(CacheVolume volume, UUID machine, int epoch) throws IOException {
    Path directory = volume.machineDirectory(machine);
    Files.createDirectories(directory);
    Directories.sync(directory.getParent());
    long next = 1;
    for (long number : CacheScan.numbers(directory)) {
      Files.delete(CacheScan.path(directory, number));
      next = number + 1;
    }
    return new MachineCache(volume, machine, epoch, next);
  }

  /**
   * Opens what a process before this one left: verifies every record and shows the frames in order
   * to the visitor. What belongs to another epoch, or stands behind a break, is deleted with a word
   * in the log.
   */
  public static MachineCache recover(
      CacheVolume volume, UUID machine, int epoch, CacheVisitor visitor) throws IOException {
    Path directory = volume.machineDirectory(machine);
    Files.createDirectories(directory);
    Directories.sync(directory.getParent());
    List<Long> numbers = CacheScan.numbers(directory);
    long next = numbers.isEmpty() ? 1 : numbers.getLast() + 1;
    MachineCache cache = new MachineCache(volume, machine, epoch, next);
    cache.files.putAll(new CacheScan(volume, machine, epoch).run(visitor));
    return cache;
  }

  /**
   * Appends and syncs: when this returns, every entry is durable; when it throws, none of them
   * counts, and the same or other entries may be tried again.
   */
  public void append(List<CacheEntry> entries) throws IOException {
    CacheFileWriter out = current();
    long number = lastNumber();
    List<CachePlace> places = new ArrayList<>(entries.size() + 1);
    long durable;
    try {
      for (CacheEntry entry : entries) {
        places.add(out.place(number));
        out.append(entry);
      }
      places.add(out.place(number));
      durable = out.sync();
    } catch (IOException e) {
      retire(out);
      throw e;
    }
    synchronized (this) {
      files.put(number, durable);
      for (int i = 0; i < entries.size(); i++) {
        kept.offer(places.get(i), places.get(i + 1), entries.get(i));
      }
    }
  }

  private synchronized long lastNumber() {
    return files.lastKey();
  }

  private CacheFileWriter current() throws IOException {
    synchronized (this) {
      if (writer.isPresent() && !renew && writer.get().length() < ROLL_BYTES) {
        return writer.get();
      }
    }
    seal();
    tidy();
    long number = nextNumber++;
    Path file = CacheScan.path(directory, number);
    CacheFileWriter made;
    try {
      made = CacheFileWriter.create(file, volume.key(), machine, epoch);
      Directories.sync(directory);
    } catch (IOException e) {
      Files.deleteIfExists(file);
      throw e;
    }
    synchronized (this) {
      files.put(number, 0L);
      writer = Optional.of(made);
      renew = false;
    }
    return made;
  }

  private void seal() throws IOException {
    Optional<CacheFileWriter> old;
    synchronized (this) {
      old = writer;
      writer = Optional.empty();
    }
    if (old.isPresent()) {
      old.get().close();
    }
  }

  /**
   * A write or sync failed: what is behind the durable length never happened, and the file takes no
   * more. If all of it is in the vault it goes at once: its room may be the very room that the next
   * attempt needs, and no upload comes to release it when nothing can be written.
   */
  private void retire(CacheFileWriter failed) throws IOException {
    long number;
    long durable;
    synchronized (this) {
      number = files.lastKey();
      durable = files.get(number);
      writer = Optional.empty();
      if (durable <= CacheHeader.BYTES) {
        files.remove(number);
      }
    }
    failed.closeAt(durable);
    if (durable <= CacheHeader.BYTES) {
      Files.deleteIfExists(CacheScan.path(directory, number));
    }
    tidy();
  }

  /** A reader that begins at a place, or before the first frame; whoever asks for it closes it. */
  public CacheReader reader(Optional<CachePlace> start) {
    CacheReader reader = new CacheReader(this);
    start.ifPresent(reader::seek);
    return reader;
  }

  /**
   * @throws CacheFormatException if the file is no cache file, or gone: it will not come back
   */
  CacheFileReader openFile(long number) throws IOException {
    Path file = CacheScan.path(directory, number);
    try {
      return CacheFileReader.open(file, number, volume.key());
    } catch (NoSuchFileException e) {
      throw new CacheFormatException("the file " + file.getFileName() + " is gone");
    }
  }

  /**
   * The next frame behind a place, or the first one, if it is still in memory.
   *
   * @param file the number of the file that was read last, 0 before the first
   * @param place in that file; empty before its first record
   */
  synchronized Optional<CachedFrame> kept(long file, Optional<CachePlace> place) {
    // A file with a successor grows no more: at its end the next record is the successor's first.
    Long successor = files.higherKey(file);
    boolean atEnd = place.isEmpty() || place.get().offset() >= durableLength(file);
    if (atEnd && successor != null) {
      return kept.take(CachePlace.startOf(successor));
    }
    return place.flatMap(kept::take);
  }

  /** The durable length of a file; 0 if it has none yet. */
  synchronized long durableLength(long number) {
    return files.getOrDefault(number, 0L);
  }

  /** The first file behind a number. */
  synchronized Optional<Long> fileAfter(long number) {
    return Optional.ofNullable(files.higherKey(number));
  }

  /**
   * Deletes the files that hold nothing behind the place; called when all before it is in the
   * vault. The file being written goes as soon as another takes its turn.
   */
  public void release(CachePlace place) throws IOException {
    synchronized (this) {
      released = Optional.of(place);
      renew |= isDone(place) && isWritten(place.file()) && place.offset() >= RENEW_BYTES;
    }
    deleteReleased();
  }

  /** As {@link #release}, which tells what cannot be deleted: that must keep no frame out. */
  private void tidy() {
    try {
      deleteReleased();
    } catch (IOException ignored) {
      // The next one tries again.
    }
  }

  private void deleteReleased() throws IOException {
    List<Long> done = new ArrayList<>();
    synchronized (this) {
      if (released.isEmpty()) {
        return;
      }
      CachePlace place = released.get();
      done.addAll(files.headMap(place.file()).keySet());
      if (isDone(place) && !isWritten(place.file())) {
        done.add(place.file());
      }
    }
    delete(done);
  }

  /** Deletes files; one that cannot be deleted is still there for the next attempt. */
  private void delete(List<Long> numbers) throws IOException {
    for (long number : numbers) {
      Files.deleteIfExists(CacheScan.path(directory, number));
      synchronized (this) {
        files.remove(number);
      }
    }
  }

  /** Whether a file is there and holds nothing behind the place. */
  private boolean isDone(CachePlace place) {
    Long length = files.get(place.file());
    return length != null && length <= place.offset();
  }

  private boolean isWritten(long number) {
    return writer.isPresent() && files.lastKey() == number;
  }

  /** Bytes on the volume. */
  public synchronized long bytes() {
    return files.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Closes and deletes everything: the frames are worth nothing any more. */
  public void discard() throws IOException {
    close();
    List<Long> all;
    synchronized (this) {
      all = List.copyOf(files.keySet());
    }
    delete(all);
    LOG.info("cache of machine {} discarded", machine);
  }

  @Override
  public void close() throws IOException {
    kept.clear();
    seal();
  }
}
