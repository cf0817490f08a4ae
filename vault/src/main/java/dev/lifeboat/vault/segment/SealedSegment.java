package dev.lifeboat.vault.segment;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * A segment that is ready to be put: one blob in pieces. Immutable as long as nobody writes to the
 * buffers.
 *
 * @param behind the log behind it, for the next builder
 */
public record SealedSegment(
    SegmentHeader header, List<ByteBuffer> content, Tip behind, List<SegmentMark> marks) {

  public SealedSegment {
    content = List.copyOf(content);
    marks = List.copyOf(marks);
  }

  /** Bytes of the blob. */
  public long size() {
    return content.stream().mapToLong(ByteBuffer::remaining).sum();
  }
}
