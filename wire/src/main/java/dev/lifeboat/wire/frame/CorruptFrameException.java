package dev.lifeboat.wire.frame;

import java.io.IOException;

/**
 * Bytes that are not what docs/formats.md says: of a frame, a message or a tracked-change file. The
 * message names what is wrong and never quotes content.
 */
public final class CorruptFrameException extends IOException {
  private static final long serialVersionUID = 1L;

  public CorruptFrameException(String message) {
    super(message);
  }

  public CorruptFrameException(String message, Throwable cause) {
    super(message, cause);
  }
}
