package dev.lifeboat.wire.journal;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.frame.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;

/** A file of whatever bytes: replay opens, reads what is whole, and goes on. */
class SegmentFuzzTest {
  private static final int SEGMENT = 16 * 1024;

  @FuzzTest(maxDuration = "30s")
  void isReplayedOrDropped(byte[] bytes) throws IOException {
    Path folder = Files.createTempDirectory("lifeboat-fuzz");
    Path file = folder.resolve("0000000000000001.hrl");
    try {
      Files.write(file, Arrays.copyOf(bytes, SEGMENT));
      Origin origin = new Origin(new UUID(1, 2), new UUID(3, 4));
      Bounds bounds = new Bounds(SEGMENT, 100, SEGMENT);
      try (TrackedChanges changes = TrackedChanges.open(folder, origin, bounds, new FakeSpace())) {
        TrackedReader reader = changes.reader();
        Optional<Frame> next = reader.next();
        while (next.isPresent()) {
          next = reader.next();
        }
      }
    } finally {
      Files.deleteIfExists(file);
      Files.deleteIfExists(folder.resolve("lock"));
      Files.deleteIfExists(folder);
    }
  }
}
