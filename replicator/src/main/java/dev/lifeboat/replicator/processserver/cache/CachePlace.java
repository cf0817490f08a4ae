package dev.lifeboat.replicator.processserver.cache;

/**
 * A place between two records of a machine's cache.
 *
 * @param file the number of the file
 * @param offset bytes from its start
 * @param record records before it in the file
 */
public record CachePlace(long file, long offset, long record) {

  /** Where a file's first record begins. */
  static CachePlace startOf(long file) {
    return new CachePlace(file, CacheHeader.BYTES, 0);
  }

  boolean isBefore(CachePlace other) {
    return file < other.file || (file == other.file && offset < other.offset);
  }
}
