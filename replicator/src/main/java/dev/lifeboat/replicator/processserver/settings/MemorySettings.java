package dev.lifeboat.replicator.processserver.settings;

/**
 * Bounds of memory over all machines, in bytes.
 *
 * @param receive frames that are not durable yet
 * @param upload segments being built and sent
 */
public record MemorySettings(long receive, long upload) {

  /** Durable frames that wait in memory for their segment; beyond it, the disk gives them back. */
  public long kept() {
    return upload / 4;
  }
}
