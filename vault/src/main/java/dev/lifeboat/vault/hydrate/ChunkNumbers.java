package dev.lifeboat.vault.hydrate;

import dev.lifeboat.vault.point.SegmentSummary;
import java.util.Arrays;
import java.util.List;

/** Numbers all chunks of a stretch of log, from 1. */
final class ChunkNumbers {

  private final int[] first;

  ChunkNumbers(List<SegmentSummary> segments) {
    first = new int[segments.size() + 1];
    first[0] = 1;
    for (int i = 0; i < segments.size(); i++) {
      first[i + 1] = Math.addExact(first[i], segments.get(i).chunks());
    }
  }

  int number(int segment, int chunk) {
    return first[segment] + chunk;
  }

  /** The number behind the last of the segment. */
  int end(int segment) {
    return first[segment + 1];
  }

  int segment(int number) {
    int found = Arrays.binarySearch(first, number);
    if (found < 0) {
      return -found - 2;
    }
    // Segments without chunks share their number with the one behind them.
    int segment = found;
    while (segment + 1 < first.length && first[segment + 1] == number) {
      segment++;
    }
    return segment;
  }
}
