package dev.lifeboat.vault.point;

import dev.lifeboat.vault.blob.BlobStore;
import dev.lifeboat.vault.key.DataKey;
import dev.lifeboat.vault.segment.SegmentLog;
import java.io.IOException;
import java.util.UUID;

/**
 * The recovery points of one machine, for whoever asks for them again and again: a look lists the
 * log, and reads what is new in it. Thread-safe.
 */
public final class Points {

  private final LogWalk walk;

  public Points(BlobStore log, UUID machine, DataKey key) {
    walk = new LogWalk(new SegmentLog(log, machine), key, _ -> {});
  }

  /** Looks at the log as it is now. */
  public LogView look() throws IOException {
    return walk.walk();
  }
}
