package dev.lifeboat.replicator.processserver.cache;

import dev.lifeboat.wire.frame.FrameHeader;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out what a machine's cache directory holds after a restart. The log goes from file to file
 * without a hole; where a file was given up after a failed write, its successor begins with the
 * sequence that counts.
 */
final class CacheScan {
  private static final Logger LOG = LoggerFactory.getLogger(CacheScan.class);
  private static final String SUFFIX = ".cache";
  private static final int DIGITS = 20;

  private final CacheVolume volume;
  private final UUID machine;
  private final int epoch;
  private final Path directory;
  private Optional<FrameHeader> last = Optional.empty();

  CacheScan(CacheVolume volume, UUID machine, int epoch) {
    this.volume = volume;
    this.machine = machine;
    this.epoch = epoch;
    directory = volume.machineDirectory(machine);
  }

  static Path path(Path directory, long number) {
    return directory.resolve("%020d%s".formatted(number, SUFFIX));
  }

  static List<Long> numbers(Path directory) throws IOException {
    List<Long> numbers = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (name.length() == DIGITS + SUFFIX.length()) {
          try {
            numbers.add(Long.parseLong(name, 0, DIGITS, 10));
          } catch (NumberFormatException e) {
            LOG.warn("{} is not a cache file of ours: left alone", entry);
          }
        }
      }
    }
    Collections.sort(numbers);
    return numbers;
  }

  /** The files that count, with the length up to which each is whole; all others are deleted. */
  SortedMap<Long, Long> run(CacheVisitor visitor) throws IOException {
    NavigableMap<Long, FrameHeader> beginnings = beginnings();
    TreeMap<Long, Long> kept = new TreeMap<>();
    boolean broken = false;
    for (var entry : beginnings.entrySet()) {
      long number = entry.getKey();
      if (broken || !follows(entry.getValue())) {
        broken = true;
        LOG.error(
            "machine {}: cache file {} does not follow what stands before it; its frames are lost",
            machine,
            number);
        Files.delete(path(directory, number));
        continue;
      }
      var next = beginnings.higherEntry(number);
      kept.put(number, read(number, Optional.ofNullable(next).map(e -> e.getValue()), visitor));
    }
    return kept;
  }

  /** The first frame of each file of this epoch. */
  private NavigableMap<Long, FrameHeader> beginnings() throws IOException {
    TreeMap<Long, FrameHeader> found = new TreeMap<>();
    for (long number : numbers(directory)) {
      Path file = path(directory, number);
      Optional<FrameHeader> first = Optional.empty();
      try (CacheFileReader reader = CacheFileReader.open(file, number, volume.key())) {
        if (reader.header().machine().equals(machine) && reader.header().epoch() == epoch) {
          first = reader.next(Files.size(file)).map(cached -> cached.frame().header());
        }
      } catch (CacheFormatException e) {
        LOG.info(
            "machine {}: {} holds no whole frame: {}", machine, file.getFileName(), e.getMessage());
      }
      if (first.isPresent()) {
        found.put(number, first.get());
      } else {
        Files.delete(file);
      }
    }
    return found;
  }

  private long read(long number, Optional<FrameHeader> successor, CacheVisitor visitor)
      throws IOException {
    Path file = path(directory, number);
    long size = Files.size(file);
    long whole = CacheHeader.BYTES;
    try (CacheFileReader reader = CacheFileReader.open(file, number, volume.key())) {
      Optional<CachedFrame> frame = reader.next(size);
      while (frame.isPresent() && counts(frame.get().frame().header(), successor)) {
        visitor.frame(frame.get());
        last = Optional.of(frame.get().frame().header());
        whole = frame.get().place().offset();
        frame = reader.next(size);
      }
    } catch (CacheFormatException e) {
      LOG.warn(
          "machine {}: {} is whole up to {} of {} bytes: {}",
          machine,
          file.getFileName(),
          whole,
          size,
          e.getMessage());
    }
    return whole;
  }

  private boolean counts(FrameHeader header, Optional<FrameHeader> successor) {
    boolean superseded =
        successor.isPresent()
            && successor.get().origin().equals(header.origin())
            && header.sequence() >= successor.get().sequence();
    return !superseded && follows(header);
  }

  /** Whether the frame goes on where the last one ended, or begins a lineage. */
  private boolean follows(FrameHeader header) {
    return last.isEmpty()
        || (last.get().origin().equals(header.origin())
            ? header.sequence() == last.get().sequence() + 1
            : header.sequence() == 1);
  }
}
