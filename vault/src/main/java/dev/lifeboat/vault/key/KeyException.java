package dev.lifeboat.vault.key;

import java.io.IOException;

/** A key that is not there, does not fit, or cannot be read. Says what to do; holds no secret. */
public final class KeyException extends IOException {

  private static final long serialVersionUID = 1L;

  public KeyException(String message) {
    super(message);
  }

  public KeyException(String message, Throwable cause) {
    super(message, cause);
  }
}
