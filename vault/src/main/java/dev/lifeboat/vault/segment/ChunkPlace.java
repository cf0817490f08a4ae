package dev.lifeboat.vault.segment;

/**
 * Where a chunk is and how it is stored.
 *
 * @param offset in the blob
 * @param sealedLength bytes in the blob, tags included
 * @param rawLength bytes of payload
 * @param compressed zstd, or plain
 */
public record ChunkPlace(long offset, int sealedLength, int rawLength, boolean compressed) {

  /** The most raw bytes of a chunk. */
  public static final int MAX_RAW = 1 << 20;

  static final int BYTES = Long.BYTES + 2 * Integer.BYTES + 1;
}
