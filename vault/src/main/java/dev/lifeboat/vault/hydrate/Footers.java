package dev.lifeboat.vault.hydrate;

import dev.lifeboat.vault.blob.BlobStore;
import dev.lifeboat.vault.key.DataKey;
import dev.lifeboat.vault.point.SegmentSummary;
import dev.lifeboat.vault.segment.SegmentReader;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The segments of a stretch of log, opened when they are needed; the ones used last stay open, up
 * to a bound of index entries. Thread-safe.
 */
final class Footers {

  /** About 128 MiB of index. */
  private static final long MAX_ENTRIES = 4 << 20;

  private final BlobStore store;
  private final DataKey key;
  private final List<SegmentSummary> segments;
  private final LinkedHashMap<Integer, SegmentReader> open = new LinkedHashMap<>(64, 0.75f, true);
  private long entries;

  Footers(BlobStore store, DataKey key, List<SegmentSummary> segments) {
    this.store = store;
    this.key = key;
    this.segments = segments;
  }

  SegmentReader get(int segment) throws IOException {
    synchronized (this) {
      SegmentReader known = open.get(segment);
      if (known != null) {
        return known;
      }
    }
    SegmentSummary summary = segments.get(segment);
    SegmentReader reader = SegmentReader.open(store, summary.id(), summary.size(), key);
    synchronized (this) {
      if (open.putIfAbsent(segment, reader) == null) {
        entries += size(reader);
        evict(segment);
      }
    }
    return reader;
  }

  private void evict(int keep) {
    var oldest = open.entrySet().iterator();
    while (entries > MAX_ENTRIES && oldest.hasNext()) {
      Map.Entry<Integer, SegmentReader> next = oldest.next();
      if (next.getKey() != keep) {
        entries -= size(next.getValue());
        oldest.remove();
      }
    }
  }

  private static long size(SegmentReader reader) {
    return reader.footer().log().size() + (long) reader.footer().base().size() + 1024;
  }
}
