package dev.lifeboat.replicator.processserver.uploader;

import dev.lifeboat.vault.segment.SealedSegment;
import dev.lifeboat.vault.segment.SegmentLog;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Puts segments, however long the blob service is away, and whatever its client throws. Not
 * thread-safe.
 */
final class SegmentPutter {
  private static final Duration FIRST_DELAY = Duration.ofMillis(200);
  private static final Duration LONGEST_DELAY = Duration.ofSeconds(15);

  private final SegmentLog segments;
  private final UploadEvents events;
  private final Complaint complaint;

  SegmentPutter(SegmentLog segments, UploadEvents events) {
    this.segments = segments;
    this.events = events;
    complaint = new Complaint("machine " + segments.machine() + ": an upload");
  }

  /**
   * True when it is in the vault, false when another owner was there first. Ends early only by
   * interruption.
   */
  boolean put(SealedSegment segment) throws InterruptedException {
    for (long delay = FIRST_DELAY.toMillis();
        ;
        delay = Math.min(2 * delay, LONGEST_DELAY.toMillis())) {
      try {
        boolean stored = segments.put(segment) instanceof SegmentLog.Put.Stored;
        complaint.succeeded();
        return stored;
      } catch (IOException | RuntimeException e) {
        events.callFailed();
        complaint.failed(e);
      }
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException("stopped while uploading");
      }
      Thread.sleep(delay - ThreadLocalRandom.current().nextLong(delay / 2));
    }
  }
}
