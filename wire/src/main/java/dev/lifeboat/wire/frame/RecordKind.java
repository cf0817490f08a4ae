package dev.lifeboat.wire.frame;

/** What a record of the log says about its range; only {@link #WRITE} has a payload. */
public enum RecordKind {
  /** New content. */
  WRITE(1),
  /** Zeros from here on. */
  ZERO(2),
  /** Discarded: undefined until written again, zeros in the replica. */
  UNMAP(3),
  /** Written, but not copied: the range is read again later. */
  DEFERRED(4),
  /** Written by our own tracked changes: not replicated. */
  SELF(5);

  private static final RecordKind[] BY_ID = {null, WRITE, ZERO, UNMAP, DEFERRED, SELF};

  private final int id;

  RecordKind(int id) {
    this.id = id;
  }

  /** The byte that stands for it. */
  public int id() {
    return id;
  }

  /** The kind of a byte. */
  public static RecordKind of(int id) throws CorruptFrameException {
    if (id < 1 || id >= BY_ID.length) {
      throw new CorruptFrameException("unknown record kind " + id);
    }
    return BY_ID[id];
  }
}
