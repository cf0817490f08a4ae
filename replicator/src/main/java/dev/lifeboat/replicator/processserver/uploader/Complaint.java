package dev.lifeboat.replicator.processserver.uploader;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Something that is tried until it succeeds: a failure that goes on is told once, and so is its
 * end. Not thread-safe.
 */
final class Complaint {
  private static final Logger LOG = LoggerFactory.getLogger(Complaint.class);

  private final String what;
  private String said = "";

  /**
   * @param what is tried, as the beginning of a sentence
   */
  Complaint(String what) {
    this.what = what;
  }

  void failed(Exception e) {
    String now = e.getClass().getSimpleName() + ": " + e.getMessage();
    if (now.equals(said)) {
      return;
    }
    said = now;
    if (e instanceof IOException) {
      LOG.warn("{} is tried again: {}", what, now);
    } else {
      // Nobody foresaw it: where it comes from is all there is to go by.
      LOG.warn("{} is tried again", what, e);
    }
  }

  void succeeded() {
    if (!said.isEmpty()) {
      LOG.info("{} goes on", what);
      said = "";
    }
  }
}
