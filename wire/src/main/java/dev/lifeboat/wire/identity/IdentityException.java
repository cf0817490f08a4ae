package dev.lifeboat.wire.identity;

/**
 * An identity cannot be made, read or believed. The message is one sentence for the person who runs
 * the program and says what to do; it never holds key material.
 */
public final class IdentityException extends Exception {
  private static final long serialVersionUID = 1L;

  public IdentityException(String message) {
    super(message);
  }

  public IdentityException(String message, Throwable cause) {
    super(message, cause);
  }
}
