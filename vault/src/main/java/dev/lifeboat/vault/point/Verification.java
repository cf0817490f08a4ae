package dev.lifeboat.vault.point;

import dev.lifeboat.vault.key.DataKey;
import dev.lifeboat.vault.segment.SegmentLog;
import dev.lifeboat.vault.segment.SegmentReader;
import java.io.IOException;
import java.util.BitSet;

/** Reads a whole log back: every chunk is fetched and opened, beside what every walk checks. */
public final class Verification {

  private Verification() {}

  public static LogView of(SegmentLog log, DataKey key) throws IOException {
    return new LogWalk(log, key, Verification::chunks).walk();
  }

  private static void chunks(SegmentReader reader) throws IOException {
    try (var work = new SegmentReader.Workspace()) {
      BitSet all = new BitSet();
      all.set(0, reader.footer().chunks().size());
      reader.read(all, work, _ -> {});
    }
  }
}
