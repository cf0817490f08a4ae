package dev.lifeboat.vault.hydrate;

import dev.lifeboat.vault.point.RecoveryPoint;
import dev.lifeboat.vault.point.SegmentSummary;
import dev.lifeboat.vault.segment.DamagedBlobException;
import dev.lifeboat.vault.segment.SegmentIndex;
import dev.lifeboat.vault.segment.SegmentReader;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;

/**
 * Brings one disk of a recovery point back. For each window of the disk: who owns each sector is
 * decided by the indexes, then each chunk that owns something is fetched, opened and written, in
 * parallel. May be broken off at any time and resumed by a new object. Not thread-safe.
 */
public final class Hydration {

  /**
   * How it is done.
   *
   * @param windowMemory bytes for the map of sectors: one int per 512 bytes of disk
   * @param threads that fetch and write
   */
  public record Settings(long windowMemory, int threads) {
    public Settings {
      if (windowMemory < 1 << 10 || windowMemory > 4L << 30 || threads < 1 || threads > 64) {
        throw new IllegalArgumentException(
            "a window takes 1 KiB to 4 GiB of memory, a hydration 1 to 64 threads");
      }
    }

    public static Settings standard() {
      return new Settings(512L << 20, 6);
    }

    long windowBytes() {
      return windowMemory / Integer.BYTES * OwnerMap.SECTOR;
    }
  }

  private final List<SegmentSummary> segments;
  private final Footers footers;
  private final EntryMerge merge;
  private final ChunkNumbers numbers;
  private final RecoveryPoint point;
  private final int disk;
  private final long size;
  private final Settings settings;

  public Hydration(HydrationSource source, RecoveryPoint point, int disk, Settings settings)
      throws TargetException {
    List<SegmentSummary> segments = source.view().segmentsOf(point);
    this.segments = segments;
    this.footers = source.footers();
    this.merge = new EntryMerge(footers, segments, point.mark());
    this.numbers = new ChunkNumbers(segments);
    this.point = point;
    this.disk = disk;
    this.size =
        point
            .disk(disk)
            .orElseThrow(() ->
                new TargetException(
                    "point "
                        + point.id()
                        + " does not hold for disk "
                        + disk
                        + "; it holds for disks "
                        + point.disks().stream().map(d -> d.id()).toList()))
            .size();
    this.settings = settings;
  }

  /** Bytes of the disk. */
  public long size() {
    return size;
  }

  /** What identifies this work, so that it is never resumed as another. */
  public String identity() {
    return point.id()
        + " segment "
        + point.segment().number()
        + " disk "
        + disk
        + " size "
        + size
        + " window "
        + settings.windowBytes();
  }

  /** Writes everything that {@code progress} does not hold as done; the target is not finished. */
  public void run(DiskTarget target, HydrationProgress progress) throws IOException {
    long padded = (size + OwnerMap.SECTOR - 1) / OwnerMap.SECTOR * OwnerMap.SECTOR;
    for (long start = progress.windowStart(); start < padded; start += settings.windowBytes()) {
      long length = Math.min(settings.windowBytes(), padded - start);
      OwnerMap owners = owners(start, length);
      BitSet chunks = owners.chunks();
      progress.window(start, owners.ownedBytes(), padded);
      if (!target.startsEmpty() && !progress.holesDone()) {
        owners.holes((offset, bytes) -> target.zero(offset, Math.min(bytes, size - offset)));
        progress.holesAreDone();
      }
      new WindowWriter(this, owners, target, progress).write(chunks, settings.threads());
      progress.windowDone(target, start + length);
    }
  }

  private OwnerMap owners(long start, long length) throws IOException {
    OwnerMap owners = new OwnerMap(start, length);
    merge.forEach((segment, index, entry) -> {
      if (index.disk(entry) == disk) {
        aligned(segment, index, entry);
        int owner = index.isWrite(entry) ? numbers.number(segment, index.chunk(entry)) : 0;
        owners.fill(index.offset(entry), index.length(entry), owner);
      }
    });
    return owners;
  }

  private void aligned(int segment, SegmentIndex index, int entry) throws IOException {
    if ((index.offset(entry) | index.length(entry)) % OwnerMap.SECTOR != 0) {
      throw new DamagedBlobException(
          segments.get(segment).id().blobName(),
          "an entry does not lie on sectors: " + index.offset(entry) + "+" + index.length(entry));
    }
  }

  SegmentReader segment(int segment) throws IOException {
    return footers.get(segments.get(segment));
  }

  ChunkNumbers numbers() {
    return numbers;
  }

  int disk() {
    return disk;
  }

  EntryMerge merge() {
    return merge;
  }
}
