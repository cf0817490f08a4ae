package dev.lifeboat.wire.journal;

/**
 * A file in use. {@code end} and {@code lastPosition} grow as frames are appended; guarded by the
 * lock of {@link TrackedChanges}.
 */
final class Segment {
  final SegmentFile file;
  final SegmentHeader header;
  int end = Blocks.SIZE;
  long lastPosition;

  Segment(SegmentFile file, SegmentHeader header) {
    this.file = file;
    this.header = header;
    this.lastPosition = header.firstPosition();
  }
}
