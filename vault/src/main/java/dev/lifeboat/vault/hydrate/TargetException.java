package dev.lifeboat.vault.hydrate;

import java.io.IOException;

/** A target that cannot be used as it is: says why, and what to do. */
public final class TargetException extends IOException {

  private static final long serialVersionUID = 1L;

  public TargetException(String message) {
    super(message);
  }

  public TargetException(String message, Throwable cause) {
    super(message, cause);
  }
}
