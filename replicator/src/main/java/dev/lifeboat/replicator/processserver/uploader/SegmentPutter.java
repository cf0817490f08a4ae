package dev.lifeboat.replicator.processserver.uploader;

import dev.lifeboat.vault.segment.SealedSegment;
import dev.lifeboat.vault.segment.SegmentLog;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts segments, however long the blob service is away. Not thread-safe. */
final class SegmentPutter {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentPutter.class);
  private static final Duration FIRST_DELAY = Duration.ofMillis(200);
  private static final Duration LONGEST_DELAY = Duration.ofSeconds(15);

  private final SegmentLog segments;
  private final UploadEvents events;

  SegmentPutter(SegmentLog segments, UploadEvents events) {
    this.segments = segments;
    this.events = events;
  }

  /**
   * True when it is in the vault, false when another owner was there first. Ends early only by
   * interruption.
   */
  boolean put(SealedSegment segment) throws InterruptedException {
    String said = "";
    for (long delay = FIRST_DELAY.toMillis();
        ;
        delay = Math.min(2 * delay, LONGEST_DELAY.toMillis())) {
      try {
        boolean stored = segments.put(segment) instanceof SegmentLog.Put.Stored;
        if (!said.isEmpty()) {
          LOG.info("machine {}: uploads go on", segments.machine());
        }
        return stored;
      } catch (IOException e) {
        events.callFailed();
        String now = String.valueOf(e.getMessage());
        if (!now.equals(said)) {
          LOG.warn(
              "machine {}: segment {} waits: {}",
              segments.machine(),
              segment.header().id().number(),
              now);
          said = now;
        }
      }
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException("stopped while uploading");
      }
      Thread.sleep(delay - ThreadLocalRandom.current().nextLong(delay / 2));
    }
  }
}
