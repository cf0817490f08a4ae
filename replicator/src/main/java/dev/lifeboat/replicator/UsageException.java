package dev.lifeboat.replicator;

/** What the user gave cannot be used; the message says what to do. Exit code 2. */
final class UsageException extends Exception {
  private static final long serialVersionUID = 1L;

  UsageException(String message, Throwable cause) {
    super(message, cause);
  }
}
