package dev.lifeboat.replicator.processserver.uploader;

import dev.lifeboat.replicator.processserver.log.Tip;

/** What an uploader tells, from threads of its own; implementations return at once. */
public interface UploadEvents {
  /** A segment is in the vault, and with it the log up to the tip. */
  void uploaded(Tip tip, long rawBytes, long blobBytes);

  /** So many bytes were left out of a segment. */
  void coalesced(long bytes);

  /** A call to the blob service failed; it is tried again. */
  void callFailed();

  /** Another owner has the machine: this one has stopped. */
  void fenced();

  /** The cache does not give back what was written: this uploader has stopped. */
  void damaged(String reason);

  /** This uploader has stopped by a fault of its own; of the cache nothing is known. */
  void failed(String reason);
}
