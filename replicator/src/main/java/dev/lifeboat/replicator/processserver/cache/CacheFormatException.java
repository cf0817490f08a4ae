package dev.lifeboat.replicator.processserver.cache;

import java.io.IOException;

/**
 * A cache file that is not what it should be; the message says what is wrong, without any of its
 * content.
 */
public final class CacheFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  CacheFormatException(String message) {
    super(message);
  }
}
