package dev.lifeboat.vault.hydrate;

import dev.lifeboat.vault.key.DataKey;
import dev.lifeboat.vault.point.LogView;
import dev.lifeboat.vault.point.LogWalk;
import dev.lifeboat.vault.segment.SegmentLog;
import java.io.IOException;

/**
 * A machine's log, walked once: its points are listed from here, and any number of disks of any of
 * them brought back, without asking again for the indexes that still fit in memory. Thread-safe;
 * nothing to close.
 */
public final class HydrationSource {

  private final LogView view;
  private final Footers footers;

  private HydrationSource(LogView view, Footers footers) {
    this.view = view;
    this.footers = footers;
  }

  /** Walks the log; what comes into it later is not seen. */
  public static HydrationSource open(SegmentLog log, DataKey key) throws IOException {
    Footers footers = new Footers(log.store(), key);
    return new HydrationSource(new LogWalk(log, key, footers::keep).walk(), footers);
  }

  /** What the walk found. */
  public LogView view() {
    return view;
  }

  Footers footers() {
    return footers;
  }
}
