package dev.lifeboat.replicator.processserver.cache;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whatever stands in a cache file: it is read, or refused by one exception, within bounds. */
final class CacheFileFuzzTest {
  @FuzzTest(maxDuration = "30s")
  void readsOrRefuses(byte[] bytes) throws IOException {
    Path file = Files.createTempFile("fuzz", ".cache");
    try {
      Files.write(file, bytes);
      try (CacheFileReader reader = CacheFileReader.open(file, 1, VolumeKey.of(new byte[32]))) {
        while (reader.next(bytes.length).isPresent()) {
          // Read on to the end.
        }
      } catch (CacheFormatException expected) {
        // Refused, as it should be.
      }
    } finally {
      Files.delete(file);
    }
  }
}
