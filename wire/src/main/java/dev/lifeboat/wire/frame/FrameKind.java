package dev.lifeboat.wire.frame;

/** What a frame carries. */
public enum FrameKind {
  /** Captured records. */
  DATA(1),
  /** Blocks that a convergence pass read. */
  BASE(2),
  /** A moment to which all disks can be brought back together. */
  MARK(3),
  /** What is known of the machine: its disks, and whether the far side equals it. */
  STATE(4),
  /** A stretch of the log that nobody holds. */
  GAP(5);

  private static final FrameKind[] BY_ID = {null, DATA, BASE, MARK, STATE, GAP};

  private final int id;

  FrameKind(int id) {
    this.id = id;
  }

  /** The byte that stands for it. */
  public int id() {
    return id;
  }

  /** Whether the body is a row of records. */
  public boolean hasRecords() {
    return this == DATA || this == BASE;
  }

  /** The kind of a byte. */
  public static FrameKind of(int id) throws CorruptFrameException {
    if (id < 1 || id >= BY_ID.length) {
      throw new CorruptFrameException("unknown frame kind " + id);
    }
    return BY_ID[id];
  }
}
