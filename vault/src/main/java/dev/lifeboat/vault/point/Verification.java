package dev.lifeboat.vault.point;

import dev.lifeboat.vault.key.DataKey;
import dev.lifeboat.vault.segment.SegmentLog;
import dev.lifeboat.vault.segment.SegmentReader;
import java.io.IOException;

/** Reads a whole log back: every chunk is fetched and opened, beside what every walk checks. */
public final class Verification {

  private Verification() {}

  public static LogView of(SegmentLog log, DataKey key) throws IOException {
    return new LogWalk(log, key, Verification::chunks).walk();
  }

  private static void chunks(SegmentReader reader) throws IOException {
    try (var work = new SegmentReader.Workspace()) {
      for (int chunk = 0; chunk < reader.footer().chunks().size(); chunk++) {
        reader.open(chunk, reader.fetch(chunk), work);
      }
    }
  }
}
