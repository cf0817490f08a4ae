package dev.lifeboat.wire.frame;

/** What a record header says besides its kind, checked. */
record RecordRange(int disk, long offset, long length, long position) {
  static final long MAX_LENGTH = 0xFFFF_FFFFL;

  RecordRange {
    if (disk < 0 || disk > 0xFFFF || offset < 0 || length < 1 || length > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "no such range: disk %d, offset %d, length %d".formatted(disk, offset, length));
    }
    if (position < 0 || offset + length < 0) {
      throw new IllegalArgumentException("no such place: %d at %d".formatted(offset, position));
    }
  }
}
