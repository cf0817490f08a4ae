package dev.lifeboat.agent.capture;

import java.io.IOException;

/** This machine or this disk cannot be captured. The message is one sentence with what to do. */
public final class CaptureRefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  /** With what stands in the way and what to do. */
  public CaptureRefusedException(String message) {
    super(message);
  }

  /** With what stands in the way and what to do. */
  public CaptureRefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
