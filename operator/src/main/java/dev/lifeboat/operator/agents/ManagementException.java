package dev.lifeboat.operator.agents;

/** An agent's request is refused; the message says what to do. */
final class ManagementException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;

  ManagementException(int status, String message) {
    super(message);
    this.status = status;
  }

  /** The status of HTTP. */
  int status() {
    return status;
  }
}
