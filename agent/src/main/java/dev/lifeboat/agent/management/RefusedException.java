package dev.lifeboat.agent.management;

import java.io.IOException;

/** The operator answered, and refuses; the message is its own and says what to do. */
public final class RefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int status;

  /** With the status of HTTP; 0 if it was refused here, by what it showed. */
  public RefusedException(int status, String message) {
    super(message);
    this.status = status;
  }

  /** Whether asking again later may help without a person. */
  public boolean isPassing() {
    return status >= 500;
  }
}
