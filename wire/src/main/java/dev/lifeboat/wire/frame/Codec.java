package dev.lifeboat.wire.frame;

/** How the body of a frame is stored. {@link Compressor} and {@link Decompressor} do the work. */
public enum Codec {
  NONE(0),
  /** One lz4 block. */
  LZ4(1),
  /** One zstd frame, written at level 1. */
  ZSTD(2);

  private static final Codec[] BY_ID = values();

  private final int id;

  Codec(int id) {
    this.id = id;
  }

  /** The byte that stands for it. */
  public int id() {
    return id;
  }

  /** The codec of a byte. */
  public static Codec of(int id) throws CorruptFrameException {
    if (id < 0 || id >= BY_ID.length) {
      throw new CorruptFrameException("unknown codec " + id);
    }
    return BY_ID[id];
  }
}
