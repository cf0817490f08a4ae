package dev.lifeboat.vault.hydrate;

import dev.lifeboat.vault.blob.BlobStore;
import dev.lifeboat.vault.key.DataKey;
import dev.lifeboat.vault.point.SegmentSummary;
import dev.lifeboat.vault.segment.SegmentId;
import dev.lifeboat.vault.segment.SegmentReader;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The segments of a log, opened when they are needed; the ones used last stay open, up to a bound
 * of index entries. Thread-safe.
 */
final class Footers {

  /** About 128 MiB of index. */
  private static final long MAX_ENTRIES = 4 << 20;

  private final BlobStore store;
  private final DataKey key;
  private final LinkedHashMap<SegmentId, SegmentReader> open = new LinkedHashMap<>(64, 0.75f, true);
  private long entries;

  Footers(BlobStore store, DataKey key) {
    this.store = store;
    this.key = key;
  }

  SegmentReader get(SegmentSummary summary) throws IOException {
    synchronized (this) {
      SegmentReader known = open.get(summary.id());
      if (known != null) {
        return known;
      }
    }
    SegmentReader reader = SegmentReader.open(store, summary.id(), summary.size(), key);
    keep(reader);
    return reader;
  }

  /** Takes one that was opened already. */
  synchronized void keep(SegmentReader reader) {
    SegmentId id = reader.header().id();
    if (open.putIfAbsent(id, reader) == null) {
      entries += size(reader);
      evict(id);
    }
  }

  private void evict(SegmentId keep) {
    var oldest = open.entrySet().iterator();
    while (entries > MAX_ENTRIES && oldest.hasNext()) {
      Map.Entry<SegmentId, SegmentReader> next = oldest.next();
      if (!next.getKey().equals(keep)) {
        entries -= size(next.getValue());
        oldest.remove();
      }
    }
  }

  private static long size(SegmentReader reader) {
    return reader.footer().log().size() + (long) reader.footer().base().size() + 1024;
  }
}
